package io.holdfast.it;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** An image layer under construction: a tar archive in memory, with the same bytes for the same content. */
public final class Layer {
    /** 14 November 2023; a fixed time keeps digests the same from run to run. */
    private static final long WHEN = 1_700_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name());

    /** How a finished layer travels. */
    public enum Packing {
        GZIP,
        ZSTD,
        PLAIN
    }

    /** A finished layer: the bytes to push, and the digest of the tar archive inside them. */
    public record Packed(byte[] blob, String diffId, Packing packing) {}

    public Layer directory(String name, int mode) {
        return directory(name, mode, 0, 0);
    }

    public Layer directory(String name, int mode, int uid, int gid) {
        var entry = new TarArchiveEntry(name + "/");
        entry.setIds(uid, gid);
        return add(entry, mode, new byte[0]);
    }

    public Layer file(String name, String text) {
        return file(name, 0644, text.getBytes(StandardCharsets.UTF_8));
    }

    public Layer file(String name, int mode, byte[] content) {
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        return add(entry, mode, content);
    }

    /** Copies a file of this machine, following symlinks. */
    public Layer copy(String name, int mode, Path source) {
        try {
            return file(name, mode, Files.readAllBytes(source));
        } catch (IOException e) {
            throw new UncheckedIOException("copy " + source + " into a test image", e);
        }
    }

    public Layer symlink(String name, String target) {
        var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        return add(entry, 0777, new byte[0]);
    }

    public Layer hardLink(String name, String target) {
        var entry = new TarArchiveEntry(name, TarConstants.LF_LINK);
        entry.setLinkName(target);
        return add(entry, 0755, new byte[0]);
    }

    public Packed packed() {
        return packed(Packing.GZIP);
    }

    public Packed packed(Packing packing) {
        try {
            tar.close();
            var raw = bytes.toByteArray();
            var blob = switch (packing) {
                case GZIP -> gzipped(raw);
                case ZSTD -> Zstd.compress(raw);
                case PLAIN -> raw;
            };
            return new Packed(blob, Digests.sha256(raw), packing);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Layer add(TarArchiveEntry entry, int mode, byte[] content) {
        try {
            entry.setMode(mode);
            entry.setModTime(WHEN * 1000);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("add " + entry.getName() + " to a layer", e);
        }
    }

    private static byte[] gzipped(byte[] raw) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(raw);
        }
        return out.toByteArray();
    }
}
