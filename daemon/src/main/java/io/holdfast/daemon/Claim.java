package io.holdfast.daemon;

import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import io.holdfast.linux.OwnDirectory;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The right of one daemon to a directory, held by a lock on a file in it. The kernel ends it with the process, however
 * that ends.
 */
final class Claim implements AutoCloseable {
    private static final String FILE = "lock";
    private static final String OWNER = "unix:uid";
    private static final Path SELF = Path.of("/proc/self");
    private static final Integer ROOT = 0;

    private final FileChannel channel;

    private Claim(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the directory where it is missing, and claims it. One that is there keeps its mode. */
    static Claim on(Path directory) {
        try {
            if (Files.notExists(directory)) {
                OwnDirectory.make(directory);
            }
            requireOurs(directory);
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

    /** Whoever may write into the directory may put there what root would believe to be ours. */
    private static void requireOurs(Path directory) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory);
        Object owner = Files.getAttribute(directory, OWNER);
        boolean ours = owner.equals(ROOT) || owner.equals(Files.getAttribute(SELF, OWNER));
        if (!ours || mode.contains(GROUP_WRITE) || mode.contains(OTHERS_WRITE)) {
            throw new Failure.Invalid(directory + " is of user " + owner + " with mode "
                    + PosixFilePermissions.toString(mode)
                    + ": others than root can write into it; give Holdfast a directory of its own");
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
