package io.holdfast.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What runs as the pause process.
 *
 * @param rootfs its root, shared by every sandbox and read-only to it
 * @param arguments the program, by its path in the root, and its arguments
 */
public record PauseProgram(Path rootfs, List<String> arguments, List<String> environment, long uid, long gid) {
    public PauseProgram {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
    }
}
