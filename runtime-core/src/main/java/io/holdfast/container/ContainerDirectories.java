package io.holdfast.container;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories of our own, which only root may enter. */
final class ContainerDirectories {
    private static final String MODE = "rwx------";
    private static final String READABLE = "rwxr-xr-x";

    private final Kernel kernel;

    ContainerDirectories(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Success where it is there. */
    void make(Path path) {
        try {
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
        } catch (IOException failed) {
            throw new UncheckedIOException("making directory " + path, failed);
        }
    }

    /** A directory that a container may be given as it is: every user may look into it. */
    void makeReadable(Path path) {
        make(path.getParent());
        try {
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(READABLE));
        } catch (IOException failed) {
            throw new UncheckedIOException("making directory " + path, failed);
        }
    }

    /** Removes it with all that is in it, which a container may have filled; success where it is gone. */
    void remove(Path path) {
        if (Files.exists(path)) {
            try (FileTree tree = FileTree.open(kernel, path.getParent());
                    Directory above = tree.root()) {
                above.remove(path.getFileName().toString().getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
