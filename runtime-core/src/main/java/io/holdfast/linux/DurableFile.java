package io.holdfast.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file so that after a power loss it is there whole, or is what it was before. What a killed process was writing
 * then stands beside it, under a name that begins with a dot.
 */
public final class DurableFile {
    private DurableFile() {}

    /** Replaces the file. The mode is nine characters, such as {@code rw-r--r--}. */
    public static void write(Path path, byte[] content, String mode) {
        Path temporary = path.resolveSibling("." + path.getFileName() + "."
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        try {
            var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
            Files.createFile(temporary, permissions);
            try (FileChannel file = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    file.write(rest);
                }
                file.force(true);
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory(path.toAbsolutePath().getParent());
        } catch (IOException failed) {
            remove(temporary, failed);
            throw new UncheckedIOException("writing " + path, failed);
        }
    }

    private static void remove(Path temporary, IOException why) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException failed) {
            why.addSuppressed(failed);
        }
    }

    /** Makes creations, renames and deletions in the directory survive a power loss. */
    public static void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException failed) {
            throw new UncheckedIOException("syncing " + directory, failed);
        }
    }
}
