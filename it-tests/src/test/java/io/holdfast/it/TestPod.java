package io.holdfast.it;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.ContainerConfig;
import io.holdfast.runtime.v1.Cri.PodSandboxConfig;
import java.util.function.Consumer;

/** A pod sandbox of a test, by its id and the configuration it was asked for with. */
public record TestPod(Node node, String id, PodSandboxConfig config) {

    public Cri.PodSandboxStatus status() {
        return statusReply(false).getStatus();
    }

    public Cri.PodSandboxStatusResponse statusReply(boolean verbose) {
        return node.runtime()
                .podSandboxStatus(Cri.PodSandboxStatusRequest.newBuilder()
                        .setPodSandboxId(id)
                        .setVerbose(verbose)
                        .build());
    }

    public String ip() {
        return status().getNetwork().getIp();
    }

    public void stop() {
        node.runtime()
                .stopPodSandbox(Cri.StopPodSandboxRequest.newBuilder()
                        .setPodSandboxId(id)
                        .build());
    }

    public void remove() {
        node.runtime()
                .removePodSandbox(Cri.RemovePodSandboxRequest.newBuilder()
                        .setPodSandboxId(id)
                        .build());
    }

    /** Creates a container of busybox that sleeps, but for what {@code change} says otherwise. */
    public TestContainer create(Consumer<ContainerConfig.Builder> change) {
        var container = node.containerConfig(change);
        node.present(container.getImage().getImage());
        return createAsIs(container);
    }

    /** Creates a container from a whole configuration, whose image is taken to be there. */
    public TestContainer createAsIs(ContainerConfig container) {
        var reply = node.runtime()
                .createContainer(Cri.CreateContainerRequest.newBuilder()
                        .setPodSandboxId(id)
                        .setConfig(container)
                        .setSandboxConfig(config)
                        .build());
        node.remember(reply.getContainerId());
        return new TestContainer(node, reply.getContainerId());
    }

    /** Creates and starts a container. */
    public TestContainer run(Consumer<ContainerConfig.Builder> change) {
        return create(change).start();
    }

    /** Runs a container that sleeps until it is killed. */
    public TestContainer run() {
        return run(_ -> {});
    }

    /** Runs a container whose first process is a shell with this script. */
    public TestContainer run(String script) {
        return run(Node.script(script));
    }
}
