package io.holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.container.Container;
import io.holdfast.container.ContainerState;
import io.holdfast.container.Exit;
import io.holdfast.container.LinuxUser;
import io.holdfast.container.PodEnvironment;
import io.holdfast.image.Image;
import io.holdfast.image.ImageConfig;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.SandboxState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepliesTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.000000001Z");
    private static final long NOON_NANOS = 1795348800000000001L;

    @Test
    void whatWasAskedOfAContainerComesBackInItsStatus() {
        Cri.ContainerConfig asked = Samples.container().build();

        Cri.ContainerStatus status = ContainerReplies.status(
                container(new ContainerState.Unknown(NOON, "lost")), Optional.of("docker.io/library/nginx:1"));

        assertThat(status.getMetadata()).isEqualTo(asked.getMetadata());
        assertThat(status.getMountsList()).isEqualTo(asked.getMountsList());
        assertThat(status.getLabelsMap()).isEqualTo(asked.getLabelsMap());
        assertThat(status.getAnnotationsMap()).isEqualTo(asked.getAnnotationsMap());
        assertThat(status.getResources().getLinux()).isEqualTo(asked.getLinux().getResources());
        assertThat(status.getStopSignal()).isEqualTo(asked.getStopSignal());
        assertThat(status.getImage().getImage()).isEqualTo("docker.io/library/nginx:1");
        assertThat(status.getUser().getLinux().getSupplementalGroupsList()).containsExactly(2000L, 3000L);
        assertThat(status.getCreatedAt()).isEqualTo(NOON_NANOS);
        assertThat(status.getState()).isEqualTo(Cri.ContainerState.CONTAINER_UNKNOWN);
        assertThat(status.getMessage()).isEqualTo("lost");
    }

    @Test
    void anExitIsToldWithItsTimesAndItsDoubtOnce() {
        String doubt = "its monitor was killed";
        Exit exit = new Exit(255, NOON.plusSeconds(1), Optional.of(doubt));

        // An exit's doubt is put on record as the message.
        Cri.ContainerStatus status = ContainerReplies.status(
                container(new ContainerState.Exited(NOON, Optional.of(NOON), exit, "Error", doubt)), Optional.empty());

        assertThat(status.getState()).isEqualTo(Cri.ContainerState.CONTAINER_EXITED);
        assertThat(status.getStartedAt()).isEqualTo(NOON_NANOS);
        assertThat(status.getFinishedAt()).isEqualTo(NOON_NANOS + 1_000_000_000L);
        assertThat(status.getExitCode()).isEqualTo(255);
        assertThat(status.getReason()).isEqualTo("Error");
        assertThat(status.getMessage()).isEqualTo(doubt);
    }

    @Test
    void whatNeverStartedHasNoStart() {
        Exit exit = new Exit(128, NOON, Optional.empty());

        Cri.ContainerStatus status = ContainerReplies.status(
                container(new ContainerState.Exited(NOON, Optional.empty(), exit, "StartError", "no such file")),
                Optional.empty());

        assertThat(status.getStartedAt()).isZero();
        assertThat(status.getMessage()).isEqualTo("no such file");
    }

    @Test
    void aSandboxWithTwoAddressesHasOneThatIsItsOwn() {
        var ready = new SandboxState.Ready(
                NOON, new io.holdfast.linux.ProcessIdentity(1, 1), List.of("10.0.0.2", "fd00::2"));

        Cri.PodSandboxStatus status = SandboxReplies.status(sandbox(ready));

        assertThat(status.getState()).isEqualTo(Cri.PodSandboxState.SANDBOX_READY);
        assertThat(status.getNetwork().getIp()).isEqualTo("10.0.0.2");
        assertThat(status.getNetwork().getAdditionalIpsList())
                .extracting(Cri.PodIP::getIp)
                .containsExactly("fd00::2");
        assertThat(status.getMetadata()).isEqualTo(Samples.sandbox().getMetadata());
        assertThat(status.getRuntimeHandler()).isEqualTo("kata");
    }

    @Test
    void filtersMatchByPrefixStateAndLabels() {
        Sandbox sandbox = sandbox(new SandboxState.NotReady(NOON, "stopped", true));

        assertThat(Matching.sandboxes(Cri.PodSandboxFilter.getDefaultInstance()))
                .accepts(sandbox);
        assertThat(Matching.sandboxes(
                        Cri.PodSandboxFilter.newBuilder().setId("5a").build()))
                .accepts(sandbox);
        assertThat(Matching.sandboxes(
                        Cri.PodSandboxFilter.newBuilder().setId("a5").build()))
                .rejects(sandbox);
        // READY is the enum's zero: set is not the same as given.
        assertThat(Matching.sandboxes(Cri.PodSandboxFilter.newBuilder()
                        .setState(Cri.PodSandboxStateValue.getDefaultInstance())
                        .build()))
                .rejects(sandbox);
        assertThat(Matching.sandboxes(Cri.PodSandboxFilter.newBuilder()
                        .putLabelSelector("app", "nginx")
                        .build()))
                .accepts(sandbox);
        assertThat(Matching.sandboxes(Cri.PodSandboxFilter.newBuilder()
                        .putLabelSelector("app", "other")
                        .build()))
                .rejects(sandbox);
    }

    @ParameterizedTest
    @CsvSource({
        "'',-1,''",
        "0,0,''",
        "1000,1000,''",
        "1000:2000,1000,''",
        "www-data,-1,www-data",
        "4294967296,-1,4294967296",
        "-1,-1,-1",
        "0x0,-1,0x0"
    })
    void anImagesUserIsANumberOnlyWhereItIsOne(String user, long uid, String name) {
        ImageConfig config = new ImageConfig(List.of(), List.of(), List.of(), "", user, "", List.of(), Map.of());

        Cri.Image image = ImageReplies.image(new Image("sha256:1", List.of(), List.of(), 1, config, List.of(), false));

        assertThat(image.hasUid() ? image.getUid().getValue() : -1).isEqualTo(uid);
        assertThat(image.getUsername()).isEqualTo(name);
    }

    private static Sandbox sandbox(SandboxState state) {
        return new Sandbox(
                "5a",
                SandboxRequests.config(Samples.sandbox().build()),
                "kata",
                "kata-v3",
                NOON,
                "boot",
                state,
                List.of(),
                Optional.empty());
    }

    private static Container container(ContainerState state) {
        return new Container(
                "c1",
                "5a",
                new PodEnvironment.Pod("nginx", "default", "u", "h", Map.of(), false),
                "crun",
                ContainerRequests.config(Samples.container().build()),
                "sha256:1",
                "docker.io/library/nginx@sha256:2",
                state,
                Optional.of(new LinuxUser(1000, 2000, List.of(2000L, 3000L), "/")),
                "SIGQUIT",
                Optional.of(Path.of("/var/log/pods/nginx/web/2.log")),
                "/kubepods/c1",
                NOON);
    }
}
