package io.holdfast.daemon;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The right of one daemon to a directory, held by a lock on a file in it. The kernel ends it with the process, however
 * that ends.
 */
final class Claim implements AutoCloseable {
    private static final String FILE = "lock";
    /** Whoever is not root may pass through, to what a container was given, and may not look around. */
    private static final String MODE = "rwx--x--x";

    private final FileChannel channel;

    private Claim(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the directory where it is missing, and claims it. */
    static Claim on(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(MODE));
            FileChannel channel =
                    FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel).isEmpty()) {
                channel.close();
                throw new Failure.Unavailable("another holdfastd is at work on " + directory
                        + "; stop it, or give this one other directories");
            }
            return new Claim(channel);
        } catch (IOException failed) {
            throw new UncheckedIOException("claiming " + directory, failed);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("letting go of the lock", failed);
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException ours) {
            return Optional.empty();
        }
    }
}
