package io.holdfast.api;

import io.grpc.stub.StreamObserver;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.RuntimeServiceGrpc.RuntimeServiceImplBase;

/** CRI's RuntimeService, a method an RPC. NotFound is success for every stop and remove, and that is decided here. */
public final class RuntimeApi extends RuntimeServiceImplBase {
    private final NodeCalls node;
    private final SandboxCalls sandboxes;
    private final ContainerCalls containers;
    private final StatsCalls stats;

    public RuntimeApi(Node node, Owners owners) {
        this.node = new NodeCalls(node);
        this.sandboxes = new SandboxCalls(owners);
        this.containers = new ContainerCalls(owners);
        this.stats = new StatsCalls(owners);
    }

    @Override
    public void version(Cri.VersionRequest request, StreamObserver<Cri.VersionResponse> reply) {
        Answers.one(reply, () -> node.version());
    }

    @Override
    public void status(Cri.StatusRequest request, StreamObserver<Cri.StatusResponse> reply) {
        Answers.one(reply, () -> node.status(request.getVerbose()));
    }

    @Override
    public void runtimeConfig(Cri.RuntimeConfigRequest request, StreamObserver<Cri.RuntimeConfigResponse> reply) {
        Answers.one(reply, () -> node.config());
    }

    @Override
    public void updateRuntimeConfig(
            Cri.UpdateRuntimeConfigRequest request, StreamObserver<Cri.UpdateRuntimeConfigResponse> reply) {
        Answers.done(
                reply,
                Cri.UpdateRuntimeConfigResponse.getDefaultInstance(),
                () -> node.update(request.getRuntimeConfig()));
    }

    @Override
    public void runPodSandbox(Cri.RunPodSandboxRequest request, StreamObserver<Cri.RunPodSandboxResponse> reply) {
        Answers.one(reply, () -> sandboxes.run(request));
    }

    @Override
    public void stopPodSandbox(Cri.StopPodSandboxRequest request, StreamObserver<Cri.StopPodSandboxResponse> reply) {
        Answers.gone(
                reply,
                Cri.StopPodSandboxResponse.getDefaultInstance(),
                () -> sandboxes.stop(request.getPodSandboxId()));
    }

    @Override
    public void removePodSandbox(
            Cri.RemovePodSandboxRequest request, StreamObserver<Cri.RemovePodSandboxResponse> reply) {
        Answers.gone(
                reply,
                Cri.RemovePodSandboxResponse.getDefaultInstance(),
                () -> sandboxes.remove(request.getPodSandboxId()));
    }

    @Override
    public void podSandboxStatus(
            Cri.PodSandboxStatusRequest request, StreamObserver<Cri.PodSandboxStatusResponse> reply) {
        Answers.one(reply, () -> sandboxes.status(request));
    }

    @Override
    public void listPodSandbox(Cri.ListPodSandboxRequest request, StreamObserver<Cri.ListPodSandboxResponse> reply) {
        Answers.one(reply, () -> Lists.sandboxes(sandboxes.list(request.getFilter())));
    }

    @Override
    public void streamPodSandboxes(
            Cri.StreamPodSandboxesRequest request, StreamObserver<Cri.StreamPodSandboxesResponse> reply) {
        Answers.pieces(reply, () -> sandboxes.list(request.getFilter()), Lists::sandboxPiece);
    }

    @Override
    public void createContainer(Cri.CreateContainerRequest request, StreamObserver<Cri.CreateContainerResponse> reply) {
        Answers.one(reply, () -> containers.create(request));
    }

    @Override
    public void startContainer(Cri.StartContainerRequest request, StreamObserver<Cri.StartContainerResponse> reply) {
        Answers.done(
                reply,
                Cri.StartContainerResponse.getDefaultInstance(),
                () -> containers.start(request.getContainerId()));
    }

    @Override
    public void stopContainer(Cri.StopContainerRequest request, StreamObserver<Cri.StopContainerResponse> reply) {
        Answers.gone(reply, Cri.StopContainerResponse.getDefaultInstance(), () -> containers.stop(request));
    }

    @Override
    public void removeContainer(Cri.RemoveContainerRequest request, StreamObserver<Cri.RemoveContainerResponse> reply) {
        Answers.gone(
                reply,
                Cri.RemoveContainerResponse.getDefaultInstance(),
                () -> containers.remove(request.getContainerId()));
    }

    @Override
    public void containerStatus(Cri.ContainerStatusRequest request, StreamObserver<Cri.ContainerStatusResponse> reply) {
        Answers.one(reply, () -> containers.status(request));
    }

    @Override
    public void listContainers(Cri.ListContainersRequest request, StreamObserver<Cri.ListContainersResponse> reply) {
        Answers.one(reply, () -> Lists.containers(containers.list(request.getFilter())));
    }

    @Override
    public void streamContainers(
            Cri.StreamContainersRequest request, StreamObserver<Cri.StreamContainersResponse> reply) {
        Answers.pieces(reply, () -> containers.list(request.getFilter()), Lists::containerPiece);
    }

    @Override
    public void updateContainerResources(
            Cri.UpdateContainerResourcesRequest request, StreamObserver<Cri.UpdateContainerResourcesResponse> reply) {
        Answers.done(
                reply, Cri.UpdateContainerResourcesResponse.getDefaultInstance(), () -> containers.update(request));
    }

    @Override
    public void reopenContainerLog(
            Cri.ReopenContainerLogRequest request, StreamObserver<Cri.ReopenContainerLogResponse> reply) {
        Answers.done(
                reply,
                Cri.ReopenContainerLogResponse.getDefaultInstance(),
                () -> containers.reopenLog(request.getContainerId()));
    }

    @Override
    public void execSync(Cri.ExecSyncRequest request, StreamObserver<Cri.ExecSyncResponse> reply) {
        Answers.one(reply, () -> containers.exec(request));
    }

    @Override
    public void containerStats(Cri.ContainerStatsRequest request, StreamObserver<Cri.ContainerStatsResponse> reply) {
        Answers.one(reply, () -> Lists.stats(stats.container(request.getContainerId())));
    }

    @Override
    public void listContainerStats(
            Cri.ListContainerStatsRequest request, StreamObserver<Cri.ListContainerStatsResponse> reply) {
        Answers.one(reply, () -> Lists.containerStats(stats.containers(request.getFilter())));
    }

    @Override
    public void streamContainerStats(
            Cri.StreamContainerStatsRequest request, StreamObserver<Cri.StreamContainerStatsResponse> reply) {
        Answers.pieces(reply, () -> stats.containers(request.getFilter()), Lists::containerStatsPiece);
    }

    @Override
    public void podSandboxStats(Cri.PodSandboxStatsRequest request, StreamObserver<Cri.PodSandboxStatsResponse> reply) {
        Answers.one(reply, () -> Lists.stats(stats.sandbox(request.getPodSandboxId())));
    }

    @Override
    public void listPodSandboxStats(
            Cri.ListPodSandboxStatsRequest request, StreamObserver<Cri.ListPodSandboxStatsResponse> reply) {
        Answers.one(reply, () -> Lists.sandboxStats(stats.sandboxes(request.getFilter())));
    }

    @Override
    public void streamPodSandboxStats(
            Cri.StreamPodSandboxStatsRequest request, StreamObserver<Cri.StreamPodSandboxStatsResponse> reply) {
        Answers.pieces(reply, () -> stats.sandboxes(request.getFilter()), Lists::sandboxStatsPiece);
    }

    @Override
    public void exec(Cri.ExecRequest request, StreamObserver<Cri.ExecResponse> reply) {
        Answers.later(reply, "streaming an exec");
    }

    @Override
    public void attach(Cri.AttachRequest request, StreamObserver<Cri.AttachResponse> reply) {
        Answers.later(reply, "attaching to a container");
    }

    @Override
    public void portForward(Cri.PortForwardRequest request, StreamObserver<Cri.PortForwardResponse> reply) {
        Answers.later(reply, "forwarding ports");
    }

    @Override
    public void checkpointContainer(
            Cri.CheckpointContainerRequest request, StreamObserver<Cri.CheckpointContainerResponse> reply) {
        Answers.later(reply, "checkpointing");
    }

    @Override
    public void checkpointPod(Cri.CheckpointPodRequest request, StreamObserver<Cri.CheckpointPodResponse> reply) {
        Answers.later(reply, "checkpointing");
    }

    @Override
    public void restorePod(Cri.RestorePodRequest request, StreamObserver<Cri.RestorePodResponse> reply) {
        Answers.later(reply, "restoring a pod");
    }

    @Override
    public void getContainerEvents(Cri.GetEventsRequest request, StreamObserver<Cri.ContainerEventResponse> reply) {
        Answers.later(reply, "the stream of container events");
    }

    @Override
    public void listMetricDescriptors(
            Cri.ListMetricDescriptorsRequest request, StreamObserver<Cri.ListMetricDescriptorsResponse> reply) {
        Answers.later(reply, "metrics over CRI");
    }

    @Override
    public void listPodSandboxMetrics(
            Cri.ListPodSandboxMetricsRequest request, StreamObserver<Cri.ListPodSandboxMetricsResponse> reply) {
        Answers.later(reply, "metrics over CRI");
    }

    @Override
    public void streamPodSandboxMetrics(
            Cri.StreamPodSandboxMetricsRequest request, StreamObserver<Cri.StreamPodSandboxMetricsResponse> reply) {
        Answers.later(reply, "metrics over CRI");
    }

    @Override
    public void updatePodSandboxResources(
            Cri.UpdatePodSandboxResourcesRequest request, StreamObserver<Cri.UpdatePodSandboxResourcesResponse> reply) {
        Answers.later(reply, "resizing a pod as a whole");
    }
}
