package io.holdfast.snapshot;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Paths to come back to, each with a time. On disk, since a layer may have millions of directories and the daemon has
 * little memory.
 */
final class PathSpool implements AutoCloseable {
    private final Path file;
    private Optional<DataOutputStream> out = Optional.empty();

    PathSpool(Path file) {
        this.file = file;
    }

    void add(LayerPath path, Instant time) {
        try {
            if (out.isEmpty()) {
                out = Optional.of(new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file))));
            }
            byte[] bytes = path.text().getBytes(StandardCharsets.ISO_8859_1);
            out.get().writeShort(bytes.length);
            out.get().write(bytes);
            out.get().writeLong(time.getEpochSecond());
            out.get().writeInt(time.getNano());
        } catch (IOException failed) {
            throw new UncheckedIOException("writing " + file, failed);
        }
    }

    /** Goes through all paths in the order in which they came, and forgets them. */
    void drain(BiConsumer<LayerPath, Instant> each) {
        if (out.isEmpty()) {
            return;
        }
        close();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (in.available() > 0) {
                byte[] bytes = in.readNBytes(in.readUnsignedShort());
                Instant time = Instant.ofEpochSecond(in.readLong(), in.readInt());
                each.accept(new LayerPath(new String(bytes, StandardCharsets.ISO_8859_1)), time);
            }
            Files.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + file, failed);
        }
        out = Optional.empty();
    }

    @Override
    public void close() {
        try {
            if (out.isPresent()) {
                out.get().close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("writing " + file, failed);
        }
    }
}
