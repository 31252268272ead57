package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.ContainerConfig;
import io.holdfast.runtime.v1.Cri.PodSandboxConfig;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that make no sense are refused with a code and a message that say what to change, and leave nothing behind. */
@Conformance
class BadInputTest {
    private static final String UNKNOWN = "f00dfeed";

    static Stream<Arguments> sandboxes() {
        return Stream.of(
                pod("no metadata", "metadata", p -> p.clearMetadata()),
                pod("no name", "name", p -> p.getMetadataBuilder().clearName()),
                pod("no namespace", "namespace", p -> p.getMetadataBuilder().clearNamespace()),
                pod("no uid", "uid", p -> p.getMetadataBuilder().clearUid()),
                pod("newline in the name", "name", p -> p.getMetadataBuilder().setName("a\nb")),
                pod("slash in the name", "name", p -> p.getMetadataBuilder().setName("a/b")),
                pod(
                        "dots as the namespace",
                        "namespace",
                        p -> p.getMetadataBuilder().setNamespace("..")),
                pod("newline in the uid", "uid", p -> p.getMetadataBuilder().setUid("a\nb")),
                pod("climbing log directory", "log_directory", p -> p.setLogDirectory("/var/log/../../etc")),
                pod("relative log directory", "log_directory", p -> p.setLogDirectory("logs")),
                pod("hostname of 65 bytes", "hostname", p -> p.setHostname("h".repeat(65))),
                pod("newline in the hostname", "hostname", p -> p.setHostname("a\nb")),
                pod(
                        "newline in a DNS server",
                        "dns",
                        p -> p.getDnsConfigBuilder().addServers("1.1.1.1\noptions x")),
                pod(
                        "newline in a DNS search",
                        "dns",
                        p -> p.getDnsConfigBuilder().addSearches("a\nnameserver 6.6.6.6")),
                pod(
                        "climbing cgroup parent",
                        "cgroup_parent",
                        p -> p.getLinuxBuilder().setCgroupParent("/../../x")),
                pod(
                        "port below zero",
                        "port",
                        p -> p.addPortMappingsBuilder().setContainerPort(80).setHostPort(-1)),
                pod(
                        "port above 65535",
                        "port",
                        p -> p.addPortMappingsBuilder().setContainerPort(70000).setHostPort(8080)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sandboxes")
    void aSandboxIsRefused(Consumer<PodSandboxConfig.Builder> change, String named, Node node) {
        var before = Lists.pods(node, _ -> {});
        var refused = Node.refusal(() -> node.pod(change));
        assertThat(refused.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.getDescription()).containsIgnoringCase(named);
        assertThat(Lists.pods(node, _ -> {})).isEqualTo(before);
    }

    static Stream<Arguments> containers() {
        return Stream.of(
                container("no metadata", "metadata", c -> c.clearMetadata()),
                container("no name", "name", c -> c.getMetadataBuilder().clearName()),
                container(
                        "newline in the name",
                        "name",
                        c -> c.getMetadataBuilder().setName("a\nb")),
                container(
                        "slash in the name", "name", c -> c.getMetadataBuilder().setName("../a")),
                container("climbing log path", "log_path", c -> c.setLogPath("../../x.log")),
                container(
                        "absolute mount climbs",
                        "..",
                        c -> c.addMountsBuilder().setHostPath("/tmp").setContainerPath("/a/../../b")),
                container(
                        "relative mount",
                        "host_path",
                        c -> c.addMountsBuilder().setHostPath("tmp").setContainerPath("/a")),
                container(
                        "mount without a place",
                        "container_path",
                        c -> c.addMountsBuilder().setHostPath("/tmp")),
                container("relative working directory", "working_dir", c -> c.setWorkingDir("a/b")),
                container(
                        "variable without a name",
                        "env",
                        c -> c.addEnvsBuilder().setValue(ByteString.copyFromUtf8("x"))),
                container(
                        "memory below zero",
                        "memory",
                        c -> c.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(-5)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("containers")
    void aContainerIsRefused(Consumer<ContainerConfig.Builder> change, String named, Node node) {
        var pod = node.pod();
        var refused = Node.refusal(() -> pod.create(change));
        assertThat(refused.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.getDescription()).containsIgnoringCase(named);
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).isEmpty();
    }

    static Stream<Arguments> unknowns() {
        return Stream.of(
                unknown(
                        "PodSandboxStatus",
                        (n, id) -> new TestPod(n, id, PodSandboxConfig.getDefaultInstance()).status()),
                unknown(
                        "CreateContainer",
                        (n, id) -> new TestPod(n, id, PodSandboxConfig.getDefaultInstance()).create(_ -> {})),
                unknown("StartContainer", (n, id) -> new TestContainer(n, id).start()),
                unknown("ContainerStatus", (n, id) -> new TestContainer(n, id).status()),
                unknown("ExecSync", (n, id) -> new TestContainer(n, id).exec(1, "true")),
                unknown(
                        "ContainerStats",
                        (n, id) -> n.runtime()
                                .containerStats(Cri.ContainerStatsRequest.newBuilder()
                                        .setContainerId(id)
                                        .build())),
                unknown(
                        "UpdateContainerResources",
                        (n, id) -> n.runtime()
                                .updateContainerResources(Cri.UpdateContainerResourcesRequest.newBuilder()
                                        .setContainerId(id)
                                        .setLinux(Cri.LinuxContainerResources.newBuilder()
                                                .setCpuShares(100))
                                        .build())),
                unknown(
                        "ReopenContainerLog",
                        (n, id) -> n.runtime()
                                .reopenContainerLog(Cri.ReopenContainerLogRequest.newBuilder()
                                        .setContainerId(id)
                                        .build())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unknowns")
    void anUnknownIdIsNotFound(BiConsumer<Node, String> call, Node node) {
        var refused = Node.refusal(() -> call.accept(node, UNKNOWN));
        assertThat(refused.getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(refused.getDescription()).contains(UNKNOWN);
    }

    @Test
    void anUnknownRuntimeHandlerIsRefusedAndNamed(Node node) {
        var refused = Node.refusal(() -> node.pod(node.podConfig(_ -> {}), "no-such-handler"));
        assertThat(refused.getCode()).isIn(Code.INVALID_ARGUMENT, Code.NOT_FOUND);
        assertThat(refused.getDescription()).contains("no-such-handler");
    }

    @Test
    void anImageThatIsNotThereIsRefusedAndNamed(Node node) {
        var pod = node.pod();
        var config = node.containerConfig(c -> c.getImageBuilder().setImage(node.reference("it/never-pulled:1")));
        var refused = Node.refusal(() -> pod.createAsIs(config));
        assertThat(refused.getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(refused.getDescription()).contains("it/never-pulled");
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).isEmpty();
    }

    @Test
    void anEmptyCommandIsRefused(Node node) {
        var pod = node.pod();
        var refused =
                Node.refusal(() -> pod.run(c -> c.clearCommand().clearArgs().addCommand("")));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
    }

    @Test
    void aHostPortThatIsTakenByAnotherSandboxBreaksNeither(Node node) {
        var port = LoopbackRegistry.freePort();
        Consumer<PodSandboxConfig.Builder> taken =
                p -> p.addPortMappingsBuilder().setContainerPort(80).setHostPort(port);
        var first = node.pod(taken);
        try {
            node.pod(taken).remove();
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getDescription()).isNotEmpty();
        }
        assertThat(first.status().getState()).isEqualTo(Cri.PodSandboxState.SANDBOX_READY);
    }

    private static Arguments pod(String what, String named, Consumer<PodSandboxConfig.Builder> change) {
        return Arguments.of(Named.of(what, change), named);
    }

    private static Arguments container(String what, String named, Consumer<ContainerConfig.Builder> change) {
        return Arguments.of(Named.of(what, change), named);
    }

    private static Arguments unknown(String what, BiConsumer<Node, String> call) {
        return Arguments.of(Named.of(what, call));
    }
}
