package io.holdfast.api;

import io.holdfast.container.Container;
import io.holdfast.container.ContainerConfig;
import io.holdfast.container.ContainerState;
import io.holdfast.container.LinuxUser;
import io.holdfast.runtime.v1.Cri;
import java.util.Optional;

/** Renders containers. */
final class ContainerReplies {
    private ContainerReplies() {}

    static Cri.Container listed(Container container) {
        return Cri.Container.newBuilder()
                .setId(container.id())
                .setPodSandboxId(container.sandboxId())
                .setMetadata(metadata(container.config()))
                .setImage(image(container.config().image()))
                .setImageRef(container.imageRef())
                .setImageId(container.imageId())
                .setState(state(container.state()))
                .setCreatedAt(Times.nanos(container.createdAt()))
                .putAllLabels(container.config().labels())
                .putAllAnnotations(container.config().annotations())
                .build();
    }

    /** The tag is one of the image's, where it still has one: what people know it by. */
    static Cri.ContainerStatus status(Container container, Optional<String> tag) {
        ContainerConfig config = container.config();
        Cri.ContainerStatus.Builder status = Cri.ContainerStatus.newBuilder()
                .setId(container.id())
                .setMetadata(metadata(config))
                .setState(state(container.state()))
                .setCreatedAt(Times.nanos(container.createdAt()))
                .setImage(image(config.image()).toBuilder()
                        .setImage(tag.orElse(config.image().image())))
                .setImageRef(container.imageRef())
                .setImageId(container.imageId())
                .putAllLabels(config.labels())
                .putAllAnnotations(config.annotations())
                .setLogPath(container.logPath().map(Object::toString).orElse(""))
                .setResources(
                        Cri.ContainerResources.newBuilder().setLinux(ResourceReplies.resources(config.resources())))
                .setStopSignal(Signals.render(container.stopSignal()));
        config.mounts().forEach(mount -> status.addMounts(mount(mount)));
        container.user().ifPresent(user -> status.setUser(user(user)));
        times(status, container.state());
        return status.build();
    }

    static Cri.ContainerState state(ContainerState state) {
        return switch (state) {
            case ContainerState.Created _ -> Cri.ContainerState.CONTAINER_CREATED;
            case ContainerState.Running _ -> Cri.ContainerState.CONTAINER_RUNNING;
            case ContainerState.Exited _ -> Cri.ContainerState.CONTAINER_EXITED;
            case ContainerState.Creating _, ContainerState.Undoing _, ContainerState.Unknown _ ->
                Cri.ContainerState.CONTAINER_UNKNOWN;
        };
    }

    static Cri.ContainerMetadata metadata(ContainerConfig config) {
        return Cri.ContainerMetadata.newBuilder()
                .setName(config.name())
                .setAttempt(config.attempt())
                .build();
    }

    private static void times(Cri.ContainerStatus.Builder status, ContainerState state) {
        switch (state) {
            case ContainerState.Creating _, ContainerState.Created _, ContainerState.Undoing _ -> {}
            case ContainerState.Running running -> status.setStartedAt(Times.nanos(running.started()));
            case ContainerState.Exited exited -> {
                exited.started().ifPresent(at -> status.setStartedAt(Times.nanos(at)));
                status.setFinishedAt(Times.nanos(exited.exit().at()))
                        .setExitCode(exited.exit().code())
                        .setReason(exited.reason())
                        .setMessage(exited.message());
            }
            case ContainerState.Unknown unknown -> status.setReason("Unknown").setMessage(unknown.why());
        }
    }

    private static Cri.ImageSpec image(ContainerConfig.ImageChoice choice) {
        return Cri.ImageSpec.newBuilder()
                .setImage(choice.image())
                .putAllAnnotations(choice.annotations())
                .setUserSpecifiedImage(choice.userSpecified())
                .setRuntimeHandler(choice.runtimeHandler())
                .build();
    }

    private static Cri.Mount mount(ContainerConfig.Mount mount) {
        return Cri.Mount.newBuilder()
                .setContainerPath(mount.containerPath())
                .setHostPath(mount.hostPath())
                .setReadonly(mount.readOnly())
                .setRecursiveReadOnly(mount.recursiveReadOnly())
                .setSelinuxRelabel(mount.selinuxRelabel())
                .setPropagation(propagation(mount.propagation()))
                .build();
    }

    private static Cri.MountPropagation propagation(ContainerConfig.Propagation propagation) {
        return switch (propagation) {
            case PRIVATE -> Cri.MountPropagation.PROPAGATION_PRIVATE;
            case HOST_TO_CONTAINER -> Cri.MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
            case BIDIRECTIONAL -> Cri.MountPropagation.PROPAGATION_BIDIRECTIONAL;
        };
    }

    private static Cri.ContainerUser user(LinuxUser user) {
        return Cri.ContainerUser.newBuilder()
                .setLinux(Cri.LinuxContainerUser.newBuilder()
                        .setUid(user.uid())
                        .setGid(user.gid())
                        .addAllSupplementalGroups(user.groups()))
                .build();
    }
}
