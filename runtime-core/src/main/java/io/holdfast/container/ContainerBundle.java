package io.holdfast.container;

import io.holdfast.image.ImageConfig;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.oci.Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Turns what was asked for, the image and the mounted root into the directory that an OCI runtime starts from. */
final class ContainerBundle {
    private final Containers.Parts parts;
    private final ContainerPlan plan;
    private final Function<String, ProcessIdentity> running;

    /** The function answers the first process of another container of the pod, which has to run. */
    ContainerBundle(Containers.Parts parts, ContainerPlan plan, Function<String, ProcessIdentity> running) {
        this.parts = parts;
        this.plan = plan;
        this.running = running;
    }

    /** Answers whom the container will run as. */
    LinuxUser write(PodEnvironment pod, ContainerConfig config, ImageConfig image) {
        ContainerConfig whole = withVolumes(config, image);
        try (FileTree rootfs = FileTree.open(parts.kernel(), plan.rootfs())) {
            LinuxUser user = Users.resolve(rootfs, config, image);
            Bundle.write(
                    plan.bundle(),
                    ContainerSpec.compose(new ContainerSpec.Inputs(
                            plan.id(),
                            pod,
                            whole,
                            image,
                            plan.rootfs(),
                            user,
                            parts.handler(pod.handler()).features(),
                            parts.machine(),
                            new Groundworks(parts.kernel()).lay(whole),
                            target(config))));
            return user;
        }
    }

    private ContainerConfig withVolumes(ContainerConfig config, ImageConfig image) {
        List<ContainerConfig.Mount> mounts = new ArrayList<>(config.mounts());
        mounts.addAll(new Volumes(parts, plan).make(image.volumes(), config.mounts()));
        return config.withMounts(mounts);
    }

    /** The first process of the container whose PID namespace is to be joined. */
    private Optional<ProcessIdentity> target(ContainerConfig config) {
        return switch (config.security().pid()) {
            case Security.PidNamespace.Target(String id) -> Optional.of(running.apply(id));
            case Security.PidNamespace.Pod _, Security.PidNamespace.Container _, Security.PidNamespace.Node _ ->
                Optional.empty();
        };
    }
}
