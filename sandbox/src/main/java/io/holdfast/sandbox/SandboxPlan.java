package io.holdfast.sandbox;

import io.holdfast.cni.Networks;
import io.holdfast.sandbox.SandboxConfig.Scope;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;

/** What a sandbox is going to hold, in the order of taking. Nothing is taken here. */
final class SandboxPlan {
    private final SandboxPaths paths;
    private final Networks networks;

    SandboxPlan(SandboxPaths paths, Networks networks) {
        this.paths = paths;
        this.networks = networks;
    }

    /**
     * The whole plan.
     *
     * @throws Failure.Invalid where the pod's cgroup is not one of this node's cgroup driver
     */
    List<SandboxHold> of(String id, SandboxConfig config) {
        paths.requireFittingParent(config);
        List<SandboxHold> plan = new ArrayList<>();
        plan.add(new SandboxHold.Directory(paths.directory(id)));
        if (config.cgroupParent().isEmpty()) {
            paths.ownGroup(id).map(SandboxHold.Group::new).ifPresent(plan::add);
        }
        if (!config.namespaces().hostNetwork()) {
            plan.add(new SandboxHold.NetNs(paths.netns(id)));
        }
        if (config.namespaces().ipc() == Scope.POD) {
            plan.add(new SandboxHold.Shm(paths.shm(id)));
        }
        if (!config.namespaces().hostNetwork()) {
            plan.add(new SandboxHold.Network(new Attachments(networks).of(id, config, paths.netns(id))));
        }
        plan.add(new SandboxHold.Pause(paths.bundle(id), paths.pauseCgroup(id, config)));
        return plan;
    }
}
