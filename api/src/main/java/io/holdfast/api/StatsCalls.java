package io.holdfast.api;

import io.holdfast.container.Container;
import io.holdfast.container.Containers;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.SandboxMeter;
import io.holdfast.sandbox.Sandboxes;
import io.holdfast.work.Failure;
import io.holdfast.work.Parallel;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** CRI's calls for what containers and sandboxes use. Whatever ends while it is being asked is left out of a list. */
final class StatsCalls {
    private static final int AT_ONCE = 4;

    private final Sandboxes sandboxes;
    private final Containers containers;
    private final SandboxMeter meter;
    private final String mountpoint;

    StatsCalls(Owners owners) {
        this.sandboxes = owners.sandboxes();
        this.containers = owners.containers();
        this.meter = owners.meter();
        this.mountpoint = owners.layers().toString();
    }

    Cri.ContainerStats container(String id) {
        return measured(containers.find(Fields.id("container_id", id)));
    }

    List<Cri.ContainerStats> containers(Cri.ContainerStatsFilter filter) {
        return measured(
                containers.list().stream().filter(Matching.containers(filter)).toList());
    }

    Cri.PodSandboxStats sandbox(String id) {
        remembered(sandboxes.list());
        return measured(sandboxes.find(Fields.id("pod_sandbox_id", id)));
    }

    List<Cri.PodSandboxStats> sandboxes(Cri.PodSandboxStatsFilter filter) {
        List<Sandbox> all = sandboxes.list();
        remembered(all);
        return all.stream()
                .filter(Matching.sandboxes(filter))
                .map(this::measured)
                .toList();
    }

    /** A node may be asked for its sandboxes one by one for ever. */
    private void remembered(List<Sandbox> all) {
        meter.keepOnly(all.stream().map(Sandbox::id).collect(Collectors.toSet()));
    }

    private Cri.PodSandboxStats measured(Sandbox sandbox) {
        return StatsReplies.sandbox(sandbox, meter.usage(sandbox), measured(containers.of(sandbox.id())));
    }

    private List<Cri.ContainerStats> measured(List<Container> some) {
        return Parallel.map(some, AT_ONCE, this::measuredUnlessGone).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Cri.ContainerStats> measuredUnlessGone(Container container) {
        try {
            return Optional.of(measured(container));
        } catch (Failure.NotFound gone) {
            return Optional.empty();
        }
    }

    private Cri.ContainerStats measured(Container container) {
        return StatsReplies.container(container, containers.usage(container.id()), mountpoint);
    }
}
