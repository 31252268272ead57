package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.oci.Seccomp;
import io.holdfast.oci.Spec;
import io.holdfast.oci.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whole config.json files as they are to be. After a wanted change run this test with -Dholdfast.golden=write and read
 * the difference.
 */
class GoldenSpecTest {
    private static final Path GOLDEN = Path.of("src/test/resources/io/holdfast/container/golden");
    private static final boolean WRITE =
            System.getProperty("holdfast.golden", "").equals("write");

    private final Composed composed = new Composed();

    @Test
    void aContainerAsAKubeletAsksForIt() throws IOException {
        Wanted wanted = wanted();
        wanted.args = List.of("--verbose");
        wanted.variable("KUBERNETES_SERVICE_HOST", "10.96.0.1").variable("LANG", "de_DE.UTF-8");
        wanted.mount("/var/lib/kubelet/pods/uid-1/etc-hosts", "/etc/hosts")
                .mount("/var/lib/kubelet/pods/uid-1/containers/web/0", "/dev/termination-log");
        wanted.mounts.add(new Mount(
                "/var/run/secrets/kubernetes.io/serviceaccount",
                "/var/lib/kubelet/pods/uid-1/volumes/token",
                true,
                false,
                false,
                Propagation.PRIVATE));
        wanted.annotations = Map.of("run.oci.keep_original_groups", "1", "io.kubernetes.container.hash", "x");
        wanted.resources =
                new Resources(100_000, 50_000, 512, 1 << 28, 1 << 28, -997, "0-1", "", Map.of("2MB", 0L), Map.of());
        check("kubelet", wanted);
    }

    @Test
    void aRestrictedContainerOfAUserThatIsNotRoot() throws IOException {
        Wanted wanted = wanted();
        wanted.noNewPrivileges = true;
        wanted.readonlyRootfs = true;
        wanted.capabilities = new Security.Capabilities(List.of("NET_BIND_SERVICE"), List.of("ALL"), List.of());
        composed.user = new LinuxUser(1000, 1001, List.of(1001L, 2000L), "/home/app");
        check("restricted", wanted);
    }

    @Test
    void aPrivilegedContainerOfAPodOnTheHostsNamespaces() throws IOException {
        Wanted wanted = wanted();
        wanted.privileged = true;
        wanted.pid = new Security.PidNamespace.Node();
        wanted.mounts.add(new Mount("/host", "/", false, false, false, Propagation.BIDIRECTIONAL));
        wanted.mount("/sys", "/sys");
        composed.host = true;
        composed.devices = List.of(new Groundwork.Node(
                new Spec.Device("c", "/dev/kmsg", 1, 11, OptionalInt.of(0644), OptionalLong.of(0), OptionalLong.of(0)),
                "rwm"));
        check("privileged-host", wanted);
    }

    @Test
    void aTerminalInASharedProcessNamespaceOnCgroupV2() throws IOException {
        Wanted wanted = wanted();
        wanted.tty = true;
        wanted.pid = new Security.PidNamespace.Pod();
        wanted.resources = new Resources(
                0, 0, 0, 1 << 28, 0, 500, "", "", Map.of("2MB", 4L << 20), Map.of("memory.swap.max", "0"));
        composed.machine = Machines.node();
        composed.cgroupParent = "/kubepods.slice/kubepods-pod1.slice";
        check("terminal-v2", wanted);
    }

    @Test
    void aDebuggerInAnotherContainersProcesses() throws IOException {
        Wanted wanted = wanted();
        wanted.pid = new Security.PidNamespace.Target("c0");
        wanted.capabilities = new Security.Capabilities(List.of("sys_ptrace"), List.of(), List.of());
        composed.target = Optional.of(new ProcessIdentity(815, 1));
        check("debugger", wanted);
    }

    @Test
    void theDefaultFilters() throws IOException {
        var granted = io.holdfast.oci.Capability.grantedByDefault();
        check("seccomp-x86_64", Seccomp.runtimeDefault(granted, "x86_64"));
        check("seccomp-aarch64-admin", Seccomp.runtimeDefault(Set.of("CAP_SYS_ADMIN"), "aarch64"));
        check("seccomp-pause", Seccomp.pausing("x86_64"));
    }

    /** The filter has golden files of its own. */
    private static Wanted wanted() {
        Wanted wanted = new Wanted();
        wanted.seccomp = new Security.Seccomp.Unconfined();
        return wanted;
    }

    private void check(String name, Wanted wanted) throws IOException {
        check(name, composed.of(wanted));
    }

    private static void check(String name, Record part) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        String actual =
                mapper.writerWithDefaultPrettyPrinter().writeValueAsString(mapper.readTree(SpecJson.render(part)))
                        + "\n";
        Path file = GOLDEN.resolve(name + ".json");
        if (WRITE) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }
}
