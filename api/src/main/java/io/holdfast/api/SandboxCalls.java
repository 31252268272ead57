package io.holdfast.api;

import io.holdfast.container.Container;
import io.holdfast.container.Containers;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.Sandboxes;
import java.util.List;
import java.util.Map;

/** CRI's calls on sandboxes, round the verbs of their owner. */
final class SandboxCalls {
    private final Sandboxes sandboxes;
    private final Containers containers;

    SandboxCalls(Owners owners) {
        this.sandboxes = owners.sandboxes();
        this.containers = owners.containers();
    }

    Cri.RunPodSandboxResponse run(Cri.RunPodSandboxRequest request) {
        String id = sandboxes.run(
                SandboxRequests.config(request.getConfig()), SandboxRequests.handler(request.getRuntimeHandler()));
        return Cri.RunPodSandboxResponse.newBuilder().setPodSandboxId(id).build();
    }

    void stop(String id) {
        sandboxes.stop(Fields.id("pod_sandbox_id", id));
    }

    void remove(String id) {
        sandboxes.remove(Fields.id("pod_sandbox_id", id));
    }

    Cri.PodSandboxStatusResponse status(Cri.PodSandboxStatusRequest request) {
        Sandbox sandbox = sandboxes.find(Fields.id("pod_sandbox_id", request.getPodSandboxId()));
        List<Container> members = containers.of(sandbox.id());
        Cri.PodSandboxStatusResponse.Builder response = Cri.PodSandboxStatusResponse.newBuilder()
                .setStatus(SandboxReplies.status(sandbox))
                .setTimestamp(Times.nanos(java.time.Instant.now()))
                .putAllInfo(request.getVerbose() ? Details.sandbox(sandbox) : Map.of());
        members.forEach(
                member -> response.addContainersStatuses(ContainerReplies.status(member, java.util.Optional.empty())));
        return response.build();
    }

    List<Cri.PodSandbox> list(Cri.PodSandboxFilter filter) {
        return sandboxes.list().stream()
                .filter(Matching.sandboxes(filter))
                .map(SandboxReplies::listed)
                .toList();
    }
}
