package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.ContainerState;
import io.holdfast.runtime.v1.Cri.KeyValue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

@Conformance
class ContainerTest {
    @Test
    void aContainerIsCreatedThenRunsThenIsStoppedThenIsGone(Node node) {
        var container = node.pod().create(_ -> {});
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_CREATED);
        container.start();
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        container.stop(0);
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
        container.remove();
        assertThat(Node.refusal(container::status).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aCreatedContainerIsRemovedWithoutHavingRun(Node node) {
        var pod = node.pod();
        var container = pod.create(_ -> {});
        container.remove();
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).isEmpty();
    }

    @Test
    void aRunningContainerIsRemovedByForce(Node node) {
        var pod = node.pod();
        var container = pod.run();
        container.remove();
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).isEmpty();
    }

    @Test
    void anExitedContainerDoesNotStartAgain(Node node) {
        var container = node.pod().run("exit 0");
        container.awaitExit();
        assertThat(Node.refusal(container::start).getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    }

    @Test
    void aRunningContainerDoesNotStartAgain(Node node) {
        var container = node.pod().run();
        assertThat(Node.refusal(container::start).getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    @Test
    void statusRepeatsWhatTheContainerWasAskedForWith(Node node) {
        var pod = node.pod();
        var container = pod.create(c -> {
            c.getMetadataBuilder().setName("main").setAttempt(2);
            c.setLogPath("main/2.log").putLabels("app", "it").putAnnotations("note", "x=y");
        });
        var status = container.status();
        assertThat(status.getId()).isEqualTo(container.id());
        assertThat(status.getMetadata())
                .isEqualTo(Cri.ContainerMetadata.newBuilder()
                        .setName("main")
                        .setAttempt(2)
                        .build());
        assertThat(status.getLabelsMap()).containsEntry("app", "it");
        assertThat(status.getAnnotationsMap()).containsEntry("note", "x=y");
        assertThat(status.getLogPath()).isEqualTo(pod.config().getLogDirectory() + "/main/2.log");
    }

    @Test
    void statusNamesTheImage(Node node, Rig rig) {
        var status = node.pod().create(_ -> {}).status();
        var pushed = rig.images().pushed(TestImages.BUSYBOX);
        assertThat(status.getImage().getImage()).isEqualTo(node.reference(TestImages.BUSYBOX));
        assertThat(status.getImageRef()).endsWith(pushed.digest());
        assertThat(status.getImageId()).isEqualTo(pushed.configDigest());
    }

    @Test
    void statusRepeatsTheMounts(Node node) {
        var host = node.directory().toString();
        var status = node.pod()
                .create(c -> c.addMountsBuilder()
                        .setHostPath(host)
                        .setContainerPath("/data")
                        .setReadonly(true))
                .status();
        assertThat(status.getMountsList()).hasSize(1);
        var mount = status.getMounts(0);
        assertThat(List.of(mount.getHostPath(), mount.getContainerPath(), mount.getReadonly()))
                .containsExactly(host, "/data", true);
    }

    @Test
    void listRepeatsWhatStatusSays(Node node) {
        var pod = node.pod();
        var container = pod.create(c -> c.putLabels("app", "it").putAnnotations("note", "x"));
        var status = container.status();
        var listed = node.runtime()
                .listContainers(Lists.containerRequest(f -> f.setId(container.id())))
                .getContainers(0);
        assertThat(listed.getPodSandboxId()).isEqualTo(pod.id());
        assertThat(listed.getMetadata()).isEqualTo(status.getMetadata());
        assertThat(listed.getImage().getImage()).isEqualTo(status.getImage().getImage());
        assertThat(listed.getImageId()).isEqualTo(status.getImageId());
        assertThat(listed.getState()).isEqualTo(status.getState());
        assertThat(listed.getCreatedAt()).isEqualTo(status.getCreatedAt());
        assertThat(listed.getLabelsMap()).isEqualTo(status.getLabelsMap());
        assertThat(listed.getAnnotationsMap()).isEqualTo(status.getAnnotationsMap());
    }

    @Test
    void statusTellsMoreOnlyWhenAskedTo(Node node) {
        var container = node.pod().create(_ -> {});
        assertThat(container.statusReply(false).getInfoMap()).isEmpty();
        assertThat(container.statusReply(true).getInfoMap()).isNotEmpty();
    }

    @Test
    void timesAreTrueAndInOrder(Node node) {
        var before = Instant.now();
        var container = node.pod().run("sleep 0.2; exit 7");
        var status = container.awaitExit();
        var after = Instant.now();
        assertThat(nanos(before)).isLessThanOrEqualTo(status.getCreatedAt());
        assertThat(status.getCreatedAt()).isLessThan(status.getStartedAt());
        assertThat(status.getFinishedAt() - status.getStartedAt()).isBetween(150_000_000L, 5_000_000_000L);
        assertThat(status.getFinishedAt()).isLessThanOrEqualTo(nanos(after));
    }

    @Test
    void aContainerThatHasNotRunHasNoTimesOfIt(Node node) {
        var status = node.pod().create(_ -> {}).status();
        assertThat(status.getCreatedAt()).isPositive();
        assertThat(status.getStartedAt()).isZero();
        assertThat(status.getFinishedAt()).isZero();
    }

    @Test
    void aStatusOfTheUnknownIsNotFound(Node node) {
        var refused = Node.refusal(() -> new TestContainer(node, "0123456789abcdef").status());
        assertThat(refused.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refused.getDescription()).contains("0123456789abcdef");
    }

    @Test
    void theBeginningOfAnIdNamesAContainerAndASandbox(Node node) {
        var pod = node.pod();
        var container = pod.create(_ -> {});
        var shortPod = new TestPod(node, pod.id().substring(0, 13), pod.config());
        assertThat(shortPod.status().getId()).isEqualTo(pod.id());
        assertThat(new TestContainer(node, container.id().substring(0, 13))
                        .status()
                        .getId())
                .isEqualTo(container.id());
    }

    @Test
    void commandAndArgumentsReplaceTheImages(Node node) {
        var pod = node.pod();
        assertThat(configured(node, pod, _ -> {}).firstLine()).isEqualTo("default arguments in /home with green");
        assertThat(configured(node, pod, c -> c.addArgs("other")).firstLine()).isEqualTo("other  in /home with green");
        assertThat(configured(
                                node,
                                pod,
                                c -> c.addCommand("sh").addCommand("-c").addCommand("echo not the image"))
                        .firstLine())
                .isEqualTo("not the image");
    }

    @Test
    void environmentAndDirectoryReplaceTheImages(Node node) {
        var container = configured(
                node,
                node.pod(),
                c -> c.setWorkingDir("/tmp")
                        .addEnvs(KeyValue.newBuilder().setKey("COLOUR").setValue(bytes("red"))));
        assertThat(container.firstLine()).isEqualTo("default arguments in /tmp with red");
        assertThat(container.sh("echo $COLOUR $SHAPE")).isEqualTo("red round");
    }

    @Test
    void aWorkingDirectoryThatIsMissingIsMade(Node node) {
        var container = node.pod().run(c -> c.setWorkingDir("/not/there/yet"));
        assertThat(container.sh("pwd")).isEqualTo("/not/there/yet");
    }

    @Test
    void theEnvironmentHasAPathAndTheHomeOfTheUser(Node node) {
        var container = node.pod().run();
        assertThat(container.sh("echo $PATH")).contains("/bin");
        assertThat(container.sh("echo $HOME")).isEqualTo("/root");
    }

    @Test
    void withoutStandardInputReadingEndsAtOnce(Node node) {
        var container = node.pod().run("cat; exit 4");
        assertThat(container.awaitExit().getExitCode()).isEqualTo(4);
    }

    @Test
    void withStandardInputReadingWaitsForSomebodyToWrite(Node node) {
        var pod = node.pod();
        var container = pod.run(c -> Node.script("echo ready; cat; exit 4").accept(c.setStdin(true)));
        container.awaitLog(1);
        assertThat(container.sh("sleep 0.3; echo alive")).isEqualTo("alive");
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    private static TestContainer configured(
            Node node, TestPod pod, java.util.function.Consumer<Cri.ContainerConfig.Builder> change) {
        return pod.run(c -> {
            c.getImageBuilder().setImage(node.reference(TestImages.CONFIGURED));
            change.accept(c.clearCommand().clearArgs());
        });
    }

    private static com.google.protobuf.ByteString bytes(String text) {
        return com.google.protobuf.ByteString.copyFromUtf8(text);
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000 + time.getNano();
    }
}
