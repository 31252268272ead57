package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.NamespaceMode;
import io.holdfast.runtime.v1.Cri.PodSandboxState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

@Conformance
class PodSandboxTest {
    @Test
    void aSandboxThatRunsIsReady(Node node) {
        assertThat(node.pod().status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
    }

    @Test
    void aStoppedSandboxIsNotReadyAndStillListed(Node node) {
        var pod = node.pod();
        pod.stop();
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
        assertThat(Lists.pods(node, f -> f.setId(pod.id()))).containsExactly(pod.id());
    }

    @Test
    void aRemovedSandboxIsUnknown(Node node) {
        var pod = node.pod();
        pod.stop();
        pod.remove();
        assertThat(Node.refusal(pod::status).getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(Lists.pods(node, f -> f.setId(pod.id()))).isEmpty();
    }

    @Test
    void aRunningSandboxIsRemovedByForce(Node node) {
        var pod = node.pod();
        pod.run();
        pod.remove();
        assertThat(Lists.pods(node, f -> f.setId(pod.id()))).isEmpty();
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).isEmpty();
    }

    @Test
    void stoppingASandboxEndsItsContainers(Node node) {
        var pod = node.pod();
        var container = pod.run();
        pod.stop();
        assertThat(container.state()).isEqualTo(Cri.ContainerState.CONTAINER_EXITED);
    }

    @Test
    void removingASandboxRemovesItsContainers(Node node) {
        var pod = node.pod();
        var container = pod.run();
        pod.stop();
        pod.remove();
        assertThat(Node.refusal(container::status).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void statusRepeatsWhatTheSandboxWasAskedForWith(Node node) {
        var pod = node.pod(p -> {
            p.getMetadataBuilder().setAttempt(3);
            p.putLabels("app", "it").putLabels("tier", "front/1");
            p.putAnnotations("note", "a value, with = and \"quotes\"");
        });
        var status = pod.status();
        assertThat(status.getId()).isEqualTo(pod.id());
        assertThat(status.getMetadata()).isEqualTo(pod.config().getMetadata());
        assertThat(status.getLabelsMap()).isEqualTo(pod.config().getLabelsMap());
        assertThat(status.getAnnotationsMap()).isEqualTo(pod.config().getAnnotationsMap());
    }

    @Test
    void createdAtIsWhenTheSandboxRan(Node node) {
        var before = Instant.now();
        var created = node.pod().status().getCreatedAt();
        assertThat(Instant.ofEpochSecond(0, created)).isBetween(before, Instant.now());
    }

    @Test
    void statusNamesTheNamespacesOfTheSandbox(Node node) {
        var own = node.pod().status().getLinux().getNamespaces().getOptions();
        assertThat(own.getNetwork()).isEqualTo(NamespaceMode.POD);
        var options = node.pod(p -> {
                    onHostNetwork(p);
                    p.getLinuxBuilder()
                            .getSecurityContextBuilder()
                            .getNamespaceOptionsBuilder()
                            .setPid(NamespaceMode.CONTAINER)
                            .setIpc(NamespaceMode.NODE);
                })
                .status()
                .getLinux()
                .getNamespaces()
                .getOptions();
        assertThat(List.of(options.getNetwork(), options.getPid(), options.getIpc()))
                .containsExactly(NamespaceMode.NODE, NamespaceMode.CONTAINER, NamespaceMode.NODE);
    }

    @Test
    void statusTellsMoreOnlyWhenAskedTo(Node node) {
        var pod = node.pod();
        assertThat(pod.statusReply(false).getInfoMap()).isEmpty();
        assertThat(pod.statusReply(true).getInfoMap()).isNotEmpty();
    }

    @Test
    void statusAndListNameTheRuntimeHandler(Node node, Rig rig) {
        var pod = node.pod();
        var listed = node.runtime()
                .listPodSandbox(Lists.podRequest(f -> f.setId(pod.id())))
                .getItems(0);
        assertThat(listed.getRuntimeHandler()).isEqualTo(pod.status().getRuntimeHandler());
        if (!rig.handler().isEmpty()) {
            assertThat(listed.getRuntimeHandler()).isEqualTo(rig.handler());
        }
    }

    @Test
    void listRepeatsWhatStatusSays(Node node) {
        var pod = node.pod(p -> p.putLabels("app", "it").putAnnotations("note", "x"));
        var status = pod.status();
        var listed = node.runtime()
                .listPodSandbox(Lists.podRequest(f -> f.setId(pod.id())))
                .getItems(0);
        assertThat(listed.getMetadata()).isEqualTo(status.getMetadata());
        assertThat(listed.getState()).isEqualTo(status.getState());
        assertThat(listed.getCreatedAt()).isEqualTo(status.getCreatedAt());
        assertThat(listed.getLabelsMap()).isEqualTo(status.getLabelsMap());
        assertThat(listed.getAnnotationsMap()).isEqualTo(status.getAnnotationsMap());
    }

    @Test
    void aSandboxHasAnAddressAndHostNetworkHasNone(Node node) {
        assertThat(node.pod().ip()).matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
        assertThat(node.pod(PodSandboxTest::onHostNetwork).ip()).isEmpty();
    }

    @Test
    void aStoppedSandboxHasNoAddress(Node node) {
        var pod = node.pod();
        pod.stop();
        assertThat(pod.ip()).isEmpty();
    }

    @Test
    void twoSandboxesHaveDifferentAddresses(Node node) {
        assertThat(node.pod().ip()).isNotEqualTo(node.pod().ip());
    }

    @Test
    void idsAreLongAndUnlike(Node node) {
        var first = node.pod();
        var second = node.pod();
        assertThat(first.id()).hasSizeGreaterThanOrEqualTo(32).isNotEqualTo(second.id());
    }

    @Test
    void aSandboxRunsWithNoLogDirectory(Node node) {
        var pod = node.pod(p -> p.clearLogDirectory());
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(pod.run().state()).isEqualTo(Cri.ContainerState.CONTAINER_RUNNING);
    }

    static void onHostNetwork(Cri.PodSandboxConfig.Builder pod) {
        // A kubelet names no hostname for a pod on the host's network.
        pod.clearHostname();
        pod.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetwork(NamespaceMode.NODE);
    }
}
