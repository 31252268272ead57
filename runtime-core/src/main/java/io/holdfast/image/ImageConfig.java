package io.holdfast.image;

import java.util.List;
import java.util.Map;

/**
 * The part of an image's configuration that says how to run it. It is data from a stranger: nothing of it is checked
 * here, and labels and volumes have no effect on the host.
 *
 * @param environment {@code NAME=value} each
 * @param workingDirectory empty for none
 * @param user as in a Dockerfile, {@code user[:group]} by name or number; empty for root
 * @param stopSignal empty for SIGTERM
 */
public record ImageConfig(
        List<String> entrypoint,
        List<String> command,
        List<String> environment,
        String workingDirectory,
        String user,
        String stopSignal,
        List<String> volumes,
        Map<String, String> labels) {
    public ImageConfig {
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        environment = List.copyOf(environment);
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }

    /** Of an image that says nothing. */
    public static ImageConfig none() {
        return new ImageConfig(List.of(), List.of(), List.of(), "", "", "", List.of(), Map.of());
    }
}
