package io.holdfast.container;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a container is to be, parsed from CRI's ContainerConfig. Persisted as a part of the container's record.
 *
 * @param name the container's name in its pod, with {@code attempt} unique there
 * @param command replaces the image's entrypoint where it is not empty
 * @param args replaces the image's command where it is not empty
 * @param workingDirectory empty for the image's
 * @param logPath relative to the pod's log directory; empty for no log
 * @param stopSignal a signal's name such as {@code SIGQUIT}; empty for the image's, or else SIGTERM
 */
public record ContainerConfig(
        String name,
        int attempt,
        ImageChoice image,
        List<String> command,
        List<String> args,
        String workingDirectory,
        List<Variable> environment,
        List<Mount> mounts,
        List<Device> devices,
        Map<String, String> labels,
        Map<String, String> annotations,
        String logPath,
        Terminal terminal,
        Resources resources,
        Security security,
        Optional<String> stopSignal) {
    public ContainerConfig {
        command = List.copyOf(command);
        args = List.copyOf(args);
        environment = List.copyOf(environment);
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    ContainerConfig with(Resources changed) {
        return new ContainerConfig(
                name,
                attempt,
                image,
                command,
                args,
                workingDirectory,
                environment,
                mounts,
                devices,
                labels,
                annotations,
                logPath,
                terminal,
                changed,
                security,
                stopSignal);
    }

    ContainerConfig withMounts(List<Mount> others) {
        return new ContainerConfig(
                name,
                attempt,
                image,
                command,
                args,
                workingDirectory,
                environment,
                others,
                devices,
                labels,
                annotations,
                logPath,
                terminal,
                resources,
                security,
                stopSignal);
    }

    /**
     * The image asked for.
     *
     * @param image a reference, an image id, or a digest reference
     * @param userSpecified what the pod's author wrote; only reported back
     */
    public record ImageChoice(
            String image, Map<String, String> annotations, String userSpecified, String runtimeHandler) {
        public ImageChoice {
            annotations = Map.copyOf(annotations);
        }
    }

    /** An environment variable. */
    public record Variable(String name, String value) {}

    /** How mounts travel between the host and the container. */
    public enum Propagation {
        PRIVATE,
        HOST_TO_CONTAINER,
        BIDIRECTIONAL
    }

    /**
     * A host path in the container.
     *
     * @param recursiveReadOnly fails closed where the handler cannot do it
     */
    public record Mount(
            String containerPath,
            String hostPath,
            boolean readOnly,
            boolean recursiveReadOnly,
            boolean selinuxRelabel,
            Propagation propagation) {}

    /** A host device in the container; permissions are of {@code r}, {@code w}, {@code m}. */
    public record Device(String containerPath, String hostPath, String permissions) {}

    /** What stands at the container's stdin. */
    public record Terminal(boolean stdin, boolean stdinOnce, boolean tty) {}
}
