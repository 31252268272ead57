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
        killPause(pod);
        Await.until(
                "the sandbox to be not ready",
                Duration.ofSeconds(1),
                () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY);
    }

    @Test
    void aSandboxWhosePauseProcessDiedIsStoppedAndRemoved(Node node) {
        var pod = node.pod();
        var container = pod.create(_ -> {});
        killPause(pod);
        container.remove();
        pod.stop();
        pod.remove();
        assertThat(Lists.pods(node, f -> f.setId(pod.id()))).isEmpty();
    }

    @Test
    void containersOutliveThePauseProcess(Node node) {
        var pod = node.pod();
        var pause = Processes.onHost(pod.config().getLinux().getCgroupParent()).getFirst();
        var container = pod.run();
        ProcessHandle.of(pause).orElseThrow().destroyForcibly();
        Await.until(
                "the sandbox to be not ready",
                Duration.ofSeconds(2),
                () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY);
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    @Test
    void thePauseProcessIsUnprivileged(Node node) {
        var pod = node.pod();
        var pause = Processes.onHost(pod.config().getLinux().getCgroupParent()).getFirst();
        var status = Shell.run("cat", "/proc/" + pause + "/status");
        assertThat(Processes.has(Processes.field(status, "CapEff"), 21)).isFalse();
    }

    private static void killPause(TestPod pod) {
        var processes = Processes.onHost(pod.config().getLinux().getCgroupParent());
        assertThat(processes).hasSize(1);
        ProcessHandle.of(processes.getFirst()).orElseThrow().destroyForcibly();
    }
}
