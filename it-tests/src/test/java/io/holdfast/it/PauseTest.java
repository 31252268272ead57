package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri.ContainerState;
import io.holdfast.runtime.v1.Cri.PodSandboxState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The process that holds a sandbox's namespaces. It is the only one below the pod's cgroup while no container runs. */
@Conformance
class PauseTest {
    @Test
    void aSandboxWhosePauseProcessDiesIsNotReadyWithinASecond(Node node) {
        var pod = node.pod();
        pauseOf(pod).destroyForcibly();
        Await.until(
                "the sandbox to be not ready",
                Duration.ofSeconds(1),
                () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY);
    }

    @Test
    void aSandboxWhosePauseProcessDiedIsStoppedAndRemoved(Node node) {
        var pod = node.pod();
        var pause = pauseOf(pod);
        var container = pod.create(_ -> {});
        pause.destroyForcibly();
        container.remove();
        pod.stop();
        pod.remove();
        assertThat(Lists.pods(node, f -> f.setId(pod.id()))).isEmpty();
    }

    @Test
    void containersOutliveThePauseProcess(Node node) {
        var pod = node.pod();
        var pause = pauseOf(pod);
        var container = pod.run();
        pause.destroyForcibly();
        Await.until(
                "the sandbox to be not ready",
                Duration.ofSeconds(2),
                () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY);
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    @Test
    void thePauseProcessIsUnprivileged(Node node) {
        var pod = node.pod();
        var status = Shell.run("cat", "/proc/" + pauseOf(pod).pid() + "/status");
        assertThat(Processes.has(Processes.field(status, "CapEff"), 21)).isFalse();
    }

    /** The one process of a pod that has no container yet. */
    private static ProcessHandle pauseOf(TestPod pod) {
        var processes = Processes.onHost(pod.config().getLinux().getCgroupParent());
        assertThat(processes).hasSize(1);
        return ProcessHandle.of(processes.getFirst()).orElseThrow();
    }
}
