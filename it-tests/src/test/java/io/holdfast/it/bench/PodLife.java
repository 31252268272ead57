package io.holdfast.it.bench;

import io.holdfast.it.Node;
import io.holdfast.it.TestContainer;
import io.holdfast.it.TestPod;
import io.holdfast.runtime.v1.Cri;

/** One pod's life over the CRI, each call timed. */
final class PodLife {
    static final String UP = "pod up (run + create + start)";
    static final String DOWN = "pod down (stop + remove)";

    private final Node node;
    private final Timings timings;

    PodLife(Node node, Timings timings) {
        this.node = node;
        this.timings = timings;
    }

    void lead() {
        long begin = System.nanoTime();
        var pod = timings.time("RunPodSandbox", () -> node.pod());
        var container = timings.time("CreateContainer", () -> pod.createAsIs(node.containerConfig(_ -> {})));
        timings.time("StartContainer", container::start);
        timings.note(UP, System.nanoTime() - begin);
        ask(pod, container);
        begin = System.nanoTime();
        timings.run("StopContainer", () -> container.stop(0));
        timings.run("RemoveContainer", container::remove);
        timings.run("StopPodSandbox", pod::stop);
        timings.run("RemovePodSandbox", pod::remove);
        timings.note(DOWN, System.nanoTime() - begin);
    }

    private void ask(TestPod pod, TestContainer container) {
        timings.time("PodSandboxStatus", pod::status);
        timings.time("ContainerStatus", container::status);
        timings.time(
                "ListPodSandbox", () -> node.runtime().listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance()));
        timings.time(
                "ListContainers", () -> node.runtime().listContainers(Cri.ListContainersRequest.getDefaultInstance()));
        timings.time("ExecSync", () -> container.exec(10, "true"));
    }
}
