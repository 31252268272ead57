package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.holdfast.runtime.v1.Cri.ContainerState;
import io.holdfast.runtime.v1.Cri.PodSandboxConfig;
import io.holdfast.runtime.v1.Cri.PodSandboxState;
import org.junit.jupiter.api.Test;

/** Stop and remove may be asked again, and of what is not there: the wish is fulfilled either way. */
@Conformance
class IdempotenceTest {
    private static final String UNKNOWN = "5d4de2d1-9a52-4d3a-8a2f-c1a9f0bb7a51";

    @Test
    void aSandboxIsStoppedTwice(Node node) {
        var pod = node.pod();
        pod.stop();
        pod.stop();
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
    }

    @Test
    void aSandboxIsRemovedTwice(Node node) {
        var pod = node.pod();
        pod.remove();
        assertThatCode(pod::remove).doesNotThrowAnyException();
    }

    @Test
    void aSandboxThatIsNotThereIsStopped(Node node) {
        assertThatCode(unknownPod(node)::stop).doesNotThrowAnyException();
    }

    @Test
    void aSandboxThatIsNotThereIsRemoved(Node node) {
        assertThatCode(unknownPod(node)::remove).doesNotThrowAnyException();
    }

    @Test
    void aRemovedSandboxIsStopped(Node node) {
        var pod = node.pod();
        pod.remove();
        assertThatCode(pod::stop).doesNotThrowAnyException();
    }

    @Test
    void aContainerIsStoppedTwice(Node node) {
        var container = node.pod().run();
        container.stop(0);
        container.stop(0);
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    }

    @Test
    void aContainerIsRemovedTwice(Node node) {
        var container = node.pod().create(_ -> {});
        container.remove();
        assertThatCode(container::remove).doesNotThrowAnyException();
    }

    @Test
    void aContainerThatIsNotThereIsStopped(Node node) {
        assertThatCode(() -> new TestContainer(node, UNKNOWN).stop(0)).doesNotThrowAnyException();
    }

    @Test
    void aContainerThatIsNotThereIsRemoved(Node node) {
        assertThatCode(() -> new TestContainer(node, UNKNOWN).remove()).doesNotThrowAnyException();
    }

    @Test
    void anExitedContainerIsStopped(Node node) {
        var container = node.pod().run("exit 3");
        container.awaitExit();
        container.stop(0);
        assertThat(container.status().getExitCode()).isEqualTo(3);
    }

    @Test
    void anImageThatIsNotThereIsRemoved(Node node) {
        assertThatCode(() -> node.removeImage(node.reference("it/never-pulled:1")))
                .doesNotThrowAnyException();
    }

    private static TestPod unknownPod(Node node) {
        return new TestPod(node, UNKNOWN, PodSandboxConfig.getDefaultInstance());
    }
}
