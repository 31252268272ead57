package io.holdfast.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories of our own, whatever the umask: whoever is not root may pass through, to what a container was given, and
 * may not look around.
 */
public final class OwnDirectory {
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwx--x--x");

    private OwnDirectory() {}

    /** Makes it, and those above it that are missing; one that is there gets the same mode. */
    public static Path make(Path directory) {
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(MODE));
            Files.setPosixFilePermissions(directory, MODE);
            return directory;
        } catch (IOException failed) {
            throw new UncheckedIOException("making directory " + directory, failed);
        }
    }
}
