package io.holdfast.container;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Where a container's log goes: below the pod's log directory, and nowhere else. */
final class LogFile {
    private static final String DIRECTORY_MODE = "rwxr-xr-x";

    private LogFile() {}

    /** The path; empty where the pod has no log directory or the container no log. Touches nothing. */
    static Optional<Path> path(Optional<Path> directory, String relative) {
        if (directory.isEmpty() || relative.isEmpty()) {
            return Optional.empty();
        }
        if (relative.chars().anyMatch(Character::isISOControl)) {
            throw invalid(relative, "has a control character");
        }
        Path below = Path.of(relative);
        if (below.isAbsolute()) {
            throw invalid(relative, "is absolute, and must be relative to the pod's log directory");
        }
        for (Path name : below) {
            if (name.toString().equals("..") || name.toString().equals(".")) {
                throw invalid(relative, "has a \"" + name + "\" in it");
            }
        }
        return Optional.of(directory.get().resolve(below));
    }

    /** Makes the directories between the pod's log directory and the file; no link is followed below it. */
    static void prepare(Path directory, Path file) {
        try {
            Files.createDirectories(directory);
            Path parent = directory;
            for (Path name : directory.relativize(file.getParent())) {
                if (!name.toString().isEmpty()) {
                    parent = parent.resolve(name);
                    makeDirectory(parent);
                }
            }
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw invalid(file.toString(), "is there already and is no regular file; remove it");
            }
        } catch (IOException failed) {
            throw new Failure.Broken("making the directory of the log " + file + ": " + failed, failed);
        }
    }

    /** A kubelet counts the logs that it finds as starts; success where there is none. */
    static void removeIfEmpty(Path file) {
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == 0) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException failed) {
            throw new Failure.Broken("removing the empty log " + file + ": " + failed, failed);
        }
    }

    private static void makeDirectory(Path path) throws IOException {
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(DIRECTORY_MODE));
        } else if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw invalid(path.toString(), "is a link or a file where a directory has to be; remove it");
        }
    }

    private static Failure invalid(String path, String why) {
        return new Failure.Invalid("log_path: \"" + path + "\" " + why);
    }
}
