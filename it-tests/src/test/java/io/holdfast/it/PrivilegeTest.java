package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri.LinuxContainerSecurityContext;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a container may do: capabilities, privileges, and the paths kept from it. */
@Conformance
class PrivilegeTest {
    private static final int CHOWN = 0;
    private static final int KILL = 5;
    private static final int NET_BIND_SERVICE = 10;
    private static final int NET_ADMIN = 12;
    private static final int SYS_ADMIN = 21;

    @Test
    void aContainerHasFewCapabilitiesByDefault(Node node) {
        var effective = effective(run(node, _ -> {}));
        assertThat(Processes.has(effective, CHOWN)).isTrue();
        assertThat(Processes.has(effective, NET_BIND_SERVICE)).isTrue();
        assertThat(Processes.has(effective, SYS_ADMIN)).isFalse();
        assertThat(Processes.has(effective, NET_ADMIN)).isFalse();
    }

    @Test
    void aCapabilityIsAdded(Node node) {
        var container = run(node, s -> s.getCapabilitiesBuilder().addAddCapabilities("NET_ADMIN"));
        assertThat(Processes.has(effective(container), NET_ADMIN)).isTrue();
        assertThat(container.exitCode("ip link add it0 type bridge")).isZero();
    }

    @Test
    void aCapabilityIsDropped(Node node) {
        var container = run(node, s -> s.getCapabilitiesBuilder().addDropCapabilities("CHOWN"));
        assertThat(Processes.has(effective(container), CHOWN)).isFalse();
        assertThat(container.exitCode("touch /f && chown 1 /f 2>/dev/null")).isNotZero();
        assertThat(Processes.has(effective(container), KILL)).isTrue();
    }

    @Test
    void allCapabilitiesAreDroppedButThoseAdded(Node node) {
        var container = run(
                node, s -> s.getCapabilitiesBuilder().addDropCapabilities("ALL").addAddCapabilities("KILL"));
        assertThat(Long.parseUnsignedLong(effective(container), 16)).isEqualTo(1L << KILL);
    }

    @Test
    void withAllCapabilitiesDroppedNoneCanBeGained(Node node) {
        var container = run(node, s -> s.getCapabilitiesBuilder().addDropCapabilities("ALL"));
        for (var set : List.of("CapBnd", "CapEff", "CapPrm", "CapInh", "CapAmb")) {
            assertThat(Processes.ofInit(container, set)).as(set).matches("0+");
            assertThat(Processes.ofExec(container, set)).as(set + " of an exec").matches("0+");
        }
    }

    @Test
    void theBoundingSetIsThatOfTheCapabilitiesGiven(Node node) {
        var container = run(
                node,
                s -> s.getCapabilitiesBuilder().addDropCapabilities("CHOWN").addAddCapabilities("NET_ADMIN"));
        var bounding = Processes.ofInit(container, "CapBnd");
        assertThat(bounding).isEqualTo(effective(container));
        assertThat(Processes.has(bounding, NET_ADMIN)).isTrue();
        assertThat(Processes.has(bounding, CHOWN)).isFalse();
    }

    @Test
    void allCapabilitiesAreAddedButThoseDropped(Node node) {
        var effective = effective(run(
                node, s -> s.getCapabilitiesBuilder().addAddCapabilities("ALL").addDropCapabilities("NET_ADMIN")));
        assertThat(Processes.has(effective, SYS_ADMIN)).isTrue();
        assertThat(Processes.has(effective, NET_ADMIN)).isFalse();
    }

    @Test
    void anAmbientCapabilityHoldsForAnOrdinaryUser(Node node) {
        var container = run(node, s -> {
            s.getRunAsUserBuilder().setValue(1234);
            s.getCapabilitiesBuilder().addAddAmbientCapabilities("NET_BIND_SERVICE");
        });
        assertThat(Processes.has(Processes.ofInit(container, "CapAmb"), NET_BIND_SERVICE))
                .isTrue();
    }

    @Test
    void aPrivilegedContainerMayDoEverything(Node node) {
        var container = privileged(node).run(c -> UserTest.security(c).setPrivileged(true));
        assertThat(Processes.has(effective(container), SYS_ADMIN)).isTrue();
        assertThat(container.exitCode("ip link add it0 type bridge")).isZero();
        assertThat(container.exitCode("mkdir /m && mount -t tmpfs none /m")).isZero();
        assertThat(container.exitCode("test -c /dev/kmsg")).isZero();
        assertThat(container.exitCode("touch /proc/sys/net/ipv4/ip_forward")).isZero();
        assertThat(Processes.ofInit(container, "Seccomp")).isEqualTo("0");
    }

    @Test
    void anUnprivilegedContainerMayNot(Node node) {
        var container = run(node, _ -> {});
        assertThat(container.exitCode("ip link add it0 type bridge 2>/dev/null"))
                .isNotZero();
        assertThat(container.exitCode("mkdir /m && mount -t tmpfs none /m 2>/dev/null"))
                .isNotZero();
        assertThat(container.exitCode("test -e /dev/kmsg")).isNotZero();
    }

    @Test
    void aPrivilegedContainerNeedsAPrivilegedSandbox(Node node) {
        var pod = node.pod();
        var refused = Node.refusal(() -> pod.create(c -> UserTest.security(c).setPrivileged(true)));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
    }

    @Test
    void privilegesMayNotBeGainedWhenForbidden(Node node) {
        assertThat(effectiveUid(node, true)).isEqualTo("1234");
        assertThat(effectiveUid(node, false)).isEqualTo("0");
    }

    @Test
    void aReadonlyRootCannotBeWritten(Node node) {
        var container = run(node, s -> s.setReadonlyRootfs(true));
        assertThat(container.exitCode("touch /file 2>/dev/null")).isNotZero();
        assertThat(container.exitCode("touch /dev/shm/file")).isZero();
        assertThat(run(node, _ -> {}).exitCode("touch /file")).isZero();
    }

    @Test
    void maskedPathsShowNothing(Node node) {
        var container = run(node, s -> s.addAllMaskedPaths(List.of("/proc/kcore", "/www")));
        assertThat(container.sh("ls -A /www")).isEmpty();
        assertThat(container.sh("head -c 1 /proc/kcore | wc -c")).isEqualTo("0");
    }

    @Test
    void readonlyPathsCannotBeWritten(Node node) {
        var container = run(node, s -> s.addAllReadonlyPaths(List.of("/proc/sys", "/www")));
        assertThat(container.exitCode("touch /www/file 2>/dev/null")).isNotZero();
        assertThat(container.sh("cat /www/index.html")).isEqualTo("holdfast serves");
    }

    @Test
    void withoutMaskedPathsAllIsShown(Node node) {
        assertThat(run(node, _ -> {}).sh("cat /www/index.html")).isEqualTo("holdfast serves");
    }

    private static TestContainer run(Node node, Consumer<LinuxContainerSecurityContext.Builder> change) {
        return node.pod().run(c -> change.accept(UserTest.security(c)));
    }

    private static TestPod privileged(Node node) {
        return node.pod(p -> p.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true));
    }

    private static String effective(TestContainer container) {
        return Processes.ofInit(container, "CapEff");
    }

    /** The user a set-user-id-root program runs as when user 1234 starts it. */
    private static String effectiveUid(Node node, boolean forbidden) {
        var status = run(node, s -> {
                    s.setNoNewPrivs(forbidden);
                    s.getRunAsUserBuilder().setValue(1234);
                })
                .exec(10, "root-cat", "/proc/self/status");
        assertThat(Processes.field(status.getStdout().toStringUtf8(), "NoNewPrivs"))
                .isEqualTo(forbidden ? "1" : "0");
        return Processes.field(status.getStdout().toStringUtf8(), "Uid").split(" ")[1];
    }
}
