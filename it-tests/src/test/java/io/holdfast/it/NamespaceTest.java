package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.NamespaceMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which namespaces a container shares with its pod, with the host and with nobody. */
@Conformance
class NamespaceTest {
    @ParameterizedTest
    @ValueSource(strings = {"net", "ipc", "uts"})
    void containersOfAPodShareTheseAndNotWithTheHost(String kind, Node node) throws IOException {
        var pod = node.pod();
        var first = namespace(pod.run(), kind);
        assertThat(namespace(pod.run(), kind)).isEqualTo(first);
        assertThat(onHost(kind)).isNotEqualTo(first);
        assertThat(namespace(node.pod().run(), kind)).isNotEqualTo(first);
    }

    @Test
    void filesystemsAreNobodyElses(Node node) throws IOException {
        var pod = node.pod();
        var first = namespace(pod.run(), "mnt");
        assertThat(namespace(pod.run(), "mnt")).isNotEqualTo(first).isNotEqualTo(onHost("mnt"));
    }

    @Test
    void aContainersProcessesAreItsOwn(Node node) {
        var pod = node.pod();
        pod.run("sleep 13579");
        var container = run(pod, o -> o.setPid(NamespaceMode.CONTAINER));
        assertThat(container.sh("ps")).doesNotContain("13579");
        assertThat(container.sh("cat /proc/1/cmdline | tr '\\0' ' '").strip()).isEqualTo("sleep 3600");
    }

    @Test
    void aPodsProcessesAreSharedWhenThePodSaysSo(Node node) {
        var pod = node.pod(options(o -> o.setPid(NamespaceMode.POD)));
        pod.run(c -> {
            Node.script("sleep 24680").accept(c);
            options(c).setPid(NamespaceMode.POD);
        });
        var container = run(pod, o -> o.setPid(NamespaceMode.POD));
        Await.until(
                "the other container's process",
                Duration.ofSeconds(5),
                () -> container.sh("ps").contains("24680"));
        assertThat(container.sh("cat /proc/1/cmdline | tr '\\0' ' '")).doesNotContain("sleep");
    }

    @Test
    void theHostsProcessesAreSeenWhenThePodSaysSo(Node node) throws IOException {
        var pod = node.pod(options(o -> o.setPid(NamespaceMode.NODE)));
        var container = run(pod, o -> o.setPid(NamespaceMode.NODE));
        assertThat(namespace(container, "pid")).isEqualTo(onHost("pid"));
        assertThat(container.sh("test -d /proc/" + ProcessHandle.current().pid() + " && echo seen"))
                .isEqualTo("seen");
    }

    @Test
    void theHostsIpcIsSharedWhenThePodSaysSo(Node node) throws IOException {
        var pod = node.pod(options(o -> o.setIpc(NamespaceMode.NODE)));
        assertThat(namespace(run(pod, o -> o.setIpc(NamespaceMode.NODE)), "ipc"))
                .isEqualTo(onHost("ipc"));
    }

    @Test
    void theHostsSharedMemoryIsSeenWithItsIpc(Node node) throws IOException {
        var pod = node.pod(options(o -> o.setIpc(NamespaceMode.NODE)));
        var container = run(pod, o -> o.setIpc(NamespaceMode.NODE));
        var file = Files.createTempFile(Path.of("/dev/shm"), "it-", "");
        try {
            assertThat(container.exitCode("test -e " + file)).isZero();
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void theHostsNetworkIsSharedWhenThePodSaysSo(Node node) throws IOException {
        var pod = node.pod(PodSandboxTest::onHostNetwork);
        var container = run(pod, o -> o.setNetwork(NamespaceMode.NODE));
        assertThat(namespace(container, "net")).isEqualTo(onHost("net"));
    }

    @Test
    void anotherContainersProcessesAreSharedWhenItIsTheTarget(Node node) {
        var pod = node.pod();
        var target = pod.run("sleep 112233");
        var container = run(pod, o -> o.setPid(NamespaceMode.TARGET).setTargetId(target.id()));
        assertThat(namespace(container, "pid")).isEqualTo(namespace(target, "pid"));
        assertThat(container.sh("ps")).contains("112233");
    }

    private static TestContainer run(TestPod pod, Consumer<Cri.NamespaceOption.Builder> change) {
        return pod.run(c -> change.accept(options(c)));
    }

    private static Cri.NamespaceOption.Builder options(Cri.ContainerConfig.Builder container) {
        return container.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder();
    }

    private static Consumer<Cri.PodSandboxConfig.Builder> options(Consumer<Cri.NamespaceOption.Builder> change) {
        return p ->
                change.accept(p.getLinuxBuilder().getSecurityContextBuilder().getNamespaceOptionsBuilder());
    }

    private static String namespace(TestContainer container, String kind) {
        return container.sh("readlink /proc/self/ns/" + kind);
    }

    private static String onHost(String kind) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/" + kind)).toString();
    }
}
