package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.SecurityProfile;
import io.holdfast.runtime.v1.Cri.SecurityProfile.ProfileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** System calls that a container may not make. Field Seccomp of /proc/PID/status: 0 none, 2 a filter. */
@Conformance
class SeccompTest {
    private static final String FORBIDS_CHMOD = """
        {"defaultAction": "SCMP_ACT_ALLOW",
         "syscalls": [{"names": ["chmod", "fchmod", "fchmodat", "fchmodat2"], "action": "SCMP_ACT_ERRNO"}]}
        """;

    private static final String FORBIDS_SETHOSTNAME = """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["sethostname"], "action": "SCMP_ACT_ERRNO"}]}
        """;

    @Test
    void unconfinedContainersHaveNoFilter(Node node) {
        var container = run(node, profile(ProfileType.Unconfined, ""), false);
        assertThat(Processes.ofInit(container, "Seccomp")).isEqualTo("0");
        assertThat(Processes.ofExec(container, "Seccomp")).isEqualTo("0");
    }

    @Test
    void withoutAProfileThereIsNoFilter(Node node) {
        assertThat(Processes.ofInit(node.pod().run(), "Seccomp")).isEqualTo("0");
    }

    @Test
    void unconfinedLeavesCapabilitiesTheirCalls(Node node) {
        var unconfined = profile(ProfileType.Unconfined, "");
        var container = node.pod()
                .run(c -> UserTest.security(c)
                        .setSeccomp(unconfined)
                        .getCapabilitiesBuilder()
                        .addAddCapabilities("SYS_ADMIN"));
        assertThat(container.exitCode("hostname changed && test $(hostname) = changed"))
                .isZero();
    }

    @Test
    void theRuntimesProfileFilters(Node node) {
        var container = run(node, profile(ProfileType.RuntimeDefault, ""), false);
        assertThat(Processes.ofInit(container, "Seccomp")).isEqualTo("2");
        assertThat(Processes.ofExec(container, "Seccomp")).isEqualTo("2");
    }

    @Test
    void theRuntimesProfileForbidsNewUserNamespaces(Node node) {
        assertThat(run(node, profile(ProfileType.Unconfined, ""), false).exitCode("unshare -U true"))
                .isZero();
        assertThat(run(node, profile(ProfileType.RuntimeDefault, ""), false).exitCode("unshare -U true 2>/dev/null"))
                .isNotZero();
    }

    @Test
    void theRuntimesProfileLetsOrdinaryProgramsBe(Node node) {
        var container = run(node, profile(ProfileType.RuntimeDefault, ""), false);
        assertThat(container.sh("touch /f && chmod 600 /f && ls -l /f | cut -c1-10"))
                .isEqualTo("-rw-------");
    }

    @Test
    void aLocalProfileFilters(Node node) throws IOException {
        var file = Files.writeString(node.directory().resolve("profile.json"), FORBIDS_CHMOD);
        var container = run(node, profile(ProfileType.Localhost, file.toString()), false);
        assertThat(Processes.ofInit(container, "Seccomp")).isEqualTo("2");
        assertThat(container.exitCode("touch /f && chmod 600 /f 2>/dev/null")).isNotZero();
    }

    @Test
    void aLocalProfileForbidsWhatACapabilityAllows(Node node) throws IOException {
        var file = Files.writeString(node.directory().resolve("profile.json"), FORBIDS_SETHOSTNAME);
        var profile = profile(ProfileType.Localhost, file.toString());
        var container = node.pod()
                .run(c -> UserTest.security(c)
                        .setSeccomp(profile)
                        .getCapabilitiesBuilder()
                        .addAddCapabilities("SYS_ADMIN"));
        var name = container.sh("hostname");
        assertThat(container.exitCode("hostname changed 2>/dev/null")).isNotZero();
        assertThat(container.sh("hostname")).isEqualTo(name);
    }

    @Test
    void aLocalProfileThatIsMissingIsRefused(Node node) {
        var pod = node.pod();
        var missing = Path.of("/nonexistent/profile.json").toString();
        var refused = Node.refusal(() ->
                pod.run(c -> UserTest.security(c).setSeccomp(profile(ProfileType.Localhost, missing))));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(refused.getDescription()).contains(missing);
    }

    @Test
    void aLocalProfileWithNoPathIsRefused(Node node) {
        var pod = node.pod();
        var refused =
                Node.refusal(() -> pod.run(c -> UserTest.security(c).setSeccomp(profile(ProfileType.Localhost, ""))));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
    }

    @Test
    void aPrivilegedContainerHasNoFilterWhateverIsAsked(Node node) throws IOException {
        var file = Files.writeString(node.directory().resolve("profile.json"), FORBIDS_CHMOD);
        for (var profile : new SecurityProfile[] {
            profile(ProfileType.RuntimeDefault, ""), profile(ProfileType.Localhost, file.toString())
        }) {
            assertThat(Processes.ofInit(run(node, profile, true), "Seccomp")).isEqualTo("0");
        }
    }

    @Test
    void theSandboxHasItsOwnProfile(Node node) {
        var pod = node.pod(p ->
                p.getLinuxBuilder().getSecurityContextBuilder().setSeccomp(profile(ProfileType.RuntimeDefault, "")));
        assertThat(pod.status().getState()).isEqualTo(Cri.PodSandboxState.SANDBOX_READY);
        var pause = Processes.onHost(pod.config().getLinux().getCgroupParent()).getFirst();
        assertThat(Processes.field(Shell.run("cat", "/proc/" + pause + "/status"), "Seccomp"))
                .isEqualTo("2");
    }

    private static TestContainer run(Node node, SecurityProfile profile, boolean privileged) {
        var pod = node.pod(p -> p.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(privileged));
        return pod.run(c -> UserTest.security(c).setSeccomp(profile).setPrivileged(privileged));
    }

    private static SecurityProfile profile(ProfileType type, String path) {
        return SecurityProfile.newBuilder()
                .setProfileType(type)
                .setLocalhostRef(path)
                .build();
    }
}
