package io.holdfast.image;

import java.util.List;
import java.util.Map;

/**
 * All of an image's config that has any effect, as its author wrote it: the {@code config} object of the OCI image
 * specification. It is a stranger's text; sizes are capped and there are no NULs in it, and nothing else is promised.
 *
 * @param environment entries {@code NAME=value}
 * @param user as in {@code USER}: a name or number, perhaps a colon and a group; empty for root
 * @param stopSignal a name with or without {@code SIG}, or a number; empty for TERM
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
