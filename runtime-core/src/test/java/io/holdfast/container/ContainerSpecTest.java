package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.image.ImageConfig;
import io.holdfast.oci.Spec;
import io.holdfast.work.Failure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerSpecTest {
    private final Composed composed = new Composed();
    private final Wanted wanted = new Wanted();

    /** The table of Kubernetes' documentation: the image's two, the request's two, what runs. */
    @ParameterizedTest
    @CsvSource({
        "/ep-1, foo bar, '', '', /ep-1 foo bar",
        "/ep-1, foo bar, /ep-2, '', /ep-2",
        "/ep-1, foo bar, '', zoo boo, /ep-1 zoo boo",
        "/ep-1, foo bar, /ep-2, zoo boo, /ep-2 zoo boo",
        "'', foo bar, '', '', foo bar",
        "'', foo bar, '', zoo, zoo",
        "'', '', '', zoo, zoo",
    })
    void theCommandIsTheRequestsOrTheImages(
            String entrypoint, String command, String asked, String args, String expected) {
        composed.image = image(words(entrypoint), words(command), List.of(), "");
        wanted.command = words(asked);
        wanted.args = words(args);
        assertThat(process().args()).isEqualTo(words(expected));
    }

    @Test
    void nothingToRunIsRefused() {
        composed.image = image(List.of(), List.of(), List.of(), "");
        refused("command: neither the container nor the image \"registry.example/web:1\"");
        wanted.command = List.of("");
        refused("command: ");
        wanted.command = List.of("sh", "a\0b");
        refused("command: a word");
    }

    @Test
    void theLaterVariableWins() {
        composed.image = image(List.of("/x"), List.of(), List.of("A=image", "B=image=b", "C", "HOSTNAME=no"), "");
        wanted.tty = true;
        wanted.variable("A", "first")
                .variable("A", "request")
                .variable("D", "line\nline")
                .variable("HOME", "/h");
        assertThat(process().env())
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "TERM=xterm",
                        "A=request",
                        "B=image=b",
                        "C=",
                        "HOSTNAME=web-0",
                        "D=line\nline",
                        "HOME=/h");
    }

    @ParameterizedTest
    @CsvSource({"'', x", "a=b, x", "'a\0b', x", "a, 'x\0y'", "HOME, '/x\nroot2:x:0:0::/:/bin/sh'"})
    void variablesThatAreNoneAreRefused(String name, String value) {
        wanted.variable(name, value);
        refused("envs: ");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', /",
        "srv, '', /srv",
        "/srv, /app/../app, /app",
        "/srv/../../.., '', /",
        "'', /proc/self, /proc/self"
    })
    void theWorkingDirectoryIsAbsolute(String imageDirectory, String asked, String expected) {
        composed.image = image(List.of("/x"), List.of(), List.of(), imageDirectory);
        wanted.directory = asked;
        assertThat(process().cwd()).isEqualTo(expected);
    }

    /** CVE-2024-21626. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/fd/7", "/x/../proc/1/fd", "/proc/self/task/1/fd/8/..//../.."})
    void theWorkingDirectoryIsNoDescriptor(String directory) {
        composed.image = image(List.of("/x"), List.of(), List.of(), directory);
        if (!directory.endsWith("..")) {
            refused("working_dir: ");
        }
        wanted.directory = "/a\nb";
        refused("working_dir: ");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', '', 14",
        "'', ALL, '', 0",
        "CAP_NET_ADMIN, ALL, '', 1",
        "net_admin sys_time, '', '', 16",
        "ALL, '', '', 40",
        "all, NET_RAW, '', 39",
        "ALL, ALL, '', 0",
        "NET_ADMIN, NET_ADMIN, '', 14",
        "SYS_RESOURCE, '', '', 14",
        "'', CHOWN, '', 13",
        "'', ALL, kill, 1",
    })
    void capabilitiesAreAddedToTheDefaultOnesAndDropped(String add, String drop, String ambient, int count) {
        wanted.capabilities = new Security.Capabilities(words(add), words(drop), words(ambient));
        Spec.Capabilities sets = process().capabilities();
        assertThat(sets.effective()).hasSize(count);
        assertThat(sets.bounding()).isEqualTo(sets.effective()).isEqualTo(sets.permitted());
        assertThat(sets.inheritable()).isEqualTo(sets.ambient()).hasSameSizeAs(words(ambient));
    }

    @Test
    void aCapabilityThatThereIsNotIsRefused() {
        wanted.capabilities = new Security.Capabilities(List.of("SYS_EVERYTHING"), List.of(), List.of());
        refused("capabilities.add_capabilities: ");
        wanted.capabilities = new Security.Capabilities(List.of(), List.of("CAP_"), List.of());
        refused("capabilities.drop_capabilities: ");
    }

    /** Rule R4: whatever a pod's author writes there has no effect. */
    @Test
    void annotationsLabelsAndVolumesChangeNothing() {
        Spec plain = compose();
        wanted.annotations = Map.of(
                "run.oci.hooks.stdout",
                "/x",
                "org.systemd.property.ExecStop",
                "x",
                "io.kubernetes.cri.sandbox-id",
                "z");
        composed.image = new ImageConfig(
                composed.image.entrypoint(),
                composed.image.command(),
                composed.image.environment(),
                composed.image.workingDirectory(),
                "",
                "",
                List.of("../..", "/data"),
                Map.of("containerd.io/x", "binary:///y"));
        assertThat(compose()).isEqualTo(plain);
    }

    @Test
    void privilegedNeedsAPrivilegedSandbox() {
        wanted.privileged = true;
        assertThat(compose().linux().seccomp()).isEmpty();
        composed.privilegedPod = false;
        refused("security_context.privileged: ");
    }

    @Test
    void theTargetsProcessesNeedATarget() {
        wanted.pid = new Security.PidNamespace.Target("c0");
        refused("namespace_options.target_id: ");
    }

    @ParameterizedTest
    @CsvSource({"-1000, 0", "-997, 0", "0, 0", "500, 500", "5000, 1000"})
    void theOomScoreIsWhatTheDaemonMaySet(long asked, int set) {
        wanted.resources = new Resources(0, 0, 0, 0, 0, asked, "", "", Map.of(), Map.of());
        assertThat(process().oomScoreAdj()).hasValue(set);
        composed.machine = Machines.node();
        assertThat(process().oomScoreAdj()).hasValue(Math.clamp(asked, -1000, 1000));
    }

    @Test
    void maskedPathsAreTheRequestsAndTheUsualOnesGrow() {
        wanted.masked = List.of("/bin/ls");
        assertThat(compose().linux().maskedPaths()).containsExactly("/bin/ls");
        wanted.masked = List.of();
        assertThat(compose().linux().maskedPaths()).isEmpty();
        wanted.masked = Wanted.USUALLY_MASKED;
        assertThat(compose().linux().maskedPaths()).contains("/sys/devices/virtual/powercap", "/proc/kcore");
        wanted.privileged = true;
        assertThat(compose().linux().maskedPaths()).isEmpty();
        assertThat(compose().linux().readonlyPaths()).isEmpty();
    }

    @Test
    void whatCannotConfineFails() {
        wanted.apparmor = new Security.Apparmor.Localhost("mine");
        refused("security_context.apparmor: the profile \"mine\" cannot be applied: this kernel has no AppArmor");
        composed.machine = Machines.node();
        assertThat(process().apparmorProfile()).isEqualTo("mine");
        for (String name : List.of("", "a\nb", "a\0")) {
            wanted.apparmor = new Security.Apparmor.Localhost(name);
            refused("security_context.apparmor: ");
        }
        wanted.apparmor = new Security.Apparmor.RuntimeDefault();
        composed.machine = Machines.withoutSeccomp();
        refused("security_context.seccomp: ");
        wanted.seccomp = new Security.Seccomp.Unconfined();
        assertThat(compose().linux().seccomp()).isEmpty();
    }

    /** CVE-2023-2431: an empty profile is not the same as none. */
    @Test
    void aLocalhostProfileIsTakenOrFails() {
        wanted.seccomp = new Security.Seccomp.Localhost(java.nio.file.Path.of("/p.json"));
        composed.seccompProfile = Optional.of("{\"defaultAction\": \"SCMP_ACT_LOG\"}");
        assertThat(compose().linux().seccomp().orElseThrow().defaultAction()).isEqualTo("SCMP_ACT_LOG");
        composed.seccompProfile = Optional.of("");
        refused("seccomp profile: ");
        composed.seccompProfile = Optional.empty();
        assertThatThrownBy(this::compose).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void selinuxLabelsAreOnlyForAKernelThatHasIt() {
        wanted.selinux = Optional.of(new Security.SelinuxLabel("", "", "spc_t", "s0:c1,c2"));
        assertThat(process().selinuxLabel()).isEmpty();
        composed.machine = Machines.node();
        assertThat(process().selinuxLabel()).isEqualTo("system_u:system_r:spc_t:s0:c1,c2");
        assertThat(compose().linux().mountLabel()).isEqualTo("system_u:object_r:container_file_t:s0:c1,c2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "s0\n", "\"", "s0/", "s0\0"})
    void selinuxLabelsArePlain(String part) {
        wanted.selinux = Optional.of(new Security.SelinuxLabel("", "", "", part));
        composed.machine = Machines.node();
        refused("security_context.selinux_options: ");
    }

    @Test
    void execIsTheFirstProcessWithOtherWords() {
        wanted.noNewPrivileges = true;
        Spec running = compose();
        assertThat(ProcessObject.of(running.process(), List.of("ls", ""), true))
                .contains("\"args\":[\"ls\",\"\"]", "\"terminal\":true", "TERM=xterm", "\"noNewPrivileges\":true")
                .doesNotContain("/server");
        assertThat(ProcessObject.of(running.process(), List.of("ls"), false)).doesNotContain("TERM=");
        assertThatThrownBy(() -> ProcessObject.of(running.process(), List.of(), false))
                .hasMessageStartingWith("cmd: ");
    }

    private Spec compose() {
        return composed.of(wanted);
    }

    private Spec.Process process() {
        return compose().process();
    }

    private void refused(String start) {
        assertThatThrownBy(this::compose).isInstanceOf(Failure.Invalid.class).hasMessageStartingWith(start);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(" "));
    }

    private static ImageConfig image(
            List<String> entrypoint, List<String> command, List<String> environment, String directory) {
        return new ImageConfig(entrypoint, command, environment, directory, "", "", List.of(), Map.of());
    }
}
