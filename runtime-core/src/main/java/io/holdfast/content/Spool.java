package io.holdfast.content;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Takes in bytes whose digest nobody told, and stages them under the one that they turn out to have. */
public final class Spool implements AutoCloseable {
    static final String PREFIX = "spool-";
    private static final int BUFFER = 256 << 10;

    private final Path path;
    private final Function<Digest, Path> places;

    private Spool(Path path, Function<Digest, Path> places) {
        this.path = path;
        this.places = places;
    }

    static Spool open(Path directory, Function<Digest, Path> places) {
        String name = PREFIX + Long.toHexString(ThreadLocalRandom.current().nextLong());
        return new Spool(directory.resolve(name), places);
    }

    /** Reads to the end, or fails at more than {@code most} bytes. Not flushed: staged content is checked when used. */
    public Descriptor receive(InputStream content, String mediaType, long most) {
        try {
            return copy(content, mediaType, most);
        } catch (IOException failed) {
            throw new Failure.Broken("storing content: " + failed.getMessage(), failed);
        }
    }

    /** Stages what was received under its digest: from then on it is kept only as long as something names it. */
    public void place(Digest digest) {
        try {
            Files.move(path, places.apply(digest), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new Failure.Broken("storing " + digest + ": " + failed.getMessage(), failed);
        }
    }

    /** Throws away what was not placed. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException failed) {
            throw new Failure.Broken("removing " + path + ": " + failed.getMessage(), failed);
        }
    }

    private Descriptor copy(InputStream content, String mediaType, long most) throws IOException {
        MessageDigest hash = Digest.of(new byte[0]).hasher();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                size += count;
                if (size > most) {
                    throw new Failure.Invalid("content is larger than the " + most + " bytes that are allowed");
                }
                hash.update(buffer, 0, count);
                for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, count); rest.hasRemaining(); ) {
                    file.write(rest);
                }
            }
        }
        return new Descriptor(mediaType, Digest.finished("sha256", hash.digest()), size);
    }
}
