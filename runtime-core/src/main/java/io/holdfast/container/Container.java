package io.holdfast.container;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A container as it is now: what the verbs of {@link Containers} answer. It never changes; ask again for what is then.
 *
 * @param pod the Kubernetes pod of its sandbox
 * @param handler the runtime handler's name
 * @param imageId the id of the image, {@code sha256:} and hexadecimal digits
 * @param imageRef the image's digest reference where it has one, or else its id
 * @param user who its first process runs as
 * @param stopSignal the signal that a stop begins with, such as {@code SIGTERM}
 * @param logPath the log file on the host; empty where nothing is logged
 * @param cgroup its control group, in the form of {@link io.holdfast.linux.Cgroup}
 * @param createdAt strictly later than that of any former container of the same name in the same pod
 */
public record Container(
        String id,
        String sandboxId,
        PodEnvironment.Pod pod,
        String handler,
        ContainerConfig config,
        String imageId,
        String imageRef,
        ContainerState state,
        Optional<LinuxUser> user,
        String stopSignal,
        Optional<Path> logPath,
        String cgroup,
        Instant createdAt) {

    Container with(ContainerState now) {
        return new Container(
                id,
                sandboxId,
                pod,
                handler,
                config,
                imageId,
                imageRef,
                now,
                user,
                stopSignal,
                logPath,
                cgroup,
                createdAt);
    }

    Container with(LinuxUser resolved) {
        return new Container(
                id,
                sandboxId,
                pod,
                handler,
                config,
                imageId,
                imageRef,
                state,
                Optional.of(resolved),
                stopSignal,
                logPath,
                cgroup,
                createdAt);
    }

    Container with(Resources resources) {
        return new Container(
                id,
                sandboxId,
                pod,
                handler,
                config.with(resources),
                imageId,
                imageRef,
                state,
                user,
                stopSignal,
                logPath,
                cgroup,
                createdAt);
    }
}
