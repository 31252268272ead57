package io.holdfast.api;

import com.google.protobuf.UnsafeByteOperations;
import io.holdfast.container.Container;
import io.holdfast.container.ContainerConfig;
import io.holdfast.container.Containers;
import io.holdfast.container.OciRuntime;
import io.holdfast.image.Images;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.Sandboxes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CRI's calls on containers, round the verbs of their owner. */
final class ContainerCalls {
    private static final String ID = "container_id";
    private static final long MOST_SECONDS = Duration.ofDays(3650).toSeconds();

    private final Sandboxes sandboxes;
    private final Containers containers;
    private final Images images;

    ContainerCalls(Owners owners) {
        this.sandboxes = owners.sandboxes();
        this.containers = owners.containers();
        this.images = owners.images();
    }

    /** The request's sandbox_config is not read: the sandbox's own record has what it was made with. */
    Cri.CreateContainerResponse create(Cri.CreateContainerRequest request) {
        String sandbox = Fields.id("pod_sandbox_id", request.getPodSandboxId());
        ContainerConfig config = ContainerRequests.config(request.getConfig());
        String id = sandboxes.within(sandbox, pod -> containers.create(pod, config));
        return Cri.CreateContainerResponse.newBuilder().setContainerId(id).build();
    }

    void start(String id) {
        containers.start(find(id).id());
    }

    void stop(Cri.StopContainerRequest request) {
        long seconds = Math.clamp(request.getTimeout(), 0, MOST_SECONDS);
        containers.stop(find(request.getContainerId()).id(), Duration.ofSeconds(seconds));
    }

    void remove(String id) {
        containers.remove(find(id).id());
    }

    Cri.ContainerStatusResponse status(Cri.ContainerStatusRequest request) {
        Container container = find(request.getContainerId());
        return Cri.ContainerStatusResponse.newBuilder()
                .setStatus(ContainerReplies.status(container, tag(container)))
                .putAllInfo(
                        request.getVerbose() ? Details.container(container, containers.spec(container.id())) : Map.of())
                .build();
    }

    List<Cri.Container> list(Cri.ContainerFilter filter) {
        return containers.list().stream()
                .filter(Matching.containers(filter))
                .map(ContainerReplies::listed)
                .toList();
    }

    void update(Cri.UpdateContainerResourcesRequest request) {
        containers.update(find(request.getContainerId()).id(), ResourceRequests.resources("linux", request.getLinux()));
    }

    void reopenLog(String id) {
        containers.reopenLog(find(id).id());
    }

    Cri.ExecSyncResponse exec(Cri.ExecSyncRequest request) {
        long seconds = Fields.range("timeout", request.getTimeout(), 0, MOST_SECONDS);
        OciRuntime.ExecResult result = containers.exec(
                find(request.getContainerId()).id(),
                ContainerRequests.command(request.getCmdList()),
                seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds)));
        return Cri.ExecSyncResponse.newBuilder()
                .setStdout(UnsafeByteOperations.unsafeWrap(result.stdout()))
                .setStderr(UnsafeByteOperations.unsafeWrap(result.stderr()))
                .setExitCode(result.exitCode())
                .build();
    }

    private Container find(String id) {
        return containers.find(Fields.id(ID, id));
    }

    private Optional<String> tag(Container container) {
        return images.find(container.imageId())
                .flatMap(image -> image.tags().stream().findFirst());
    }
}
