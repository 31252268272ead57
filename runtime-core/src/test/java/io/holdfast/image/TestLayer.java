package io.holdfast.image;

import com.github.luben.zstd.Zstd;
import io.holdfast.content.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A layer for tests: its tar, and how it is compressed. */
record TestLayer(byte[] tar, byte[] blob, String mediaType) {
    static TestLayer gzip(Map<String, byte[]> files) {
        byte[] tar = tar(files);
        return new TestLayer(tar, gzip(tar), MediaTypes.OCI_LAYER + "+gzip");
    }

    static TestLayer zstd(Map<String, byte[]> files) {
        byte[] tar = tar(files);
        return new TestLayer(tar, Zstd.compress(tar), MediaTypes.OCI_LAYER + "+zstd");
    }

    static TestLayer plain(Map<String, byte[]> files) {
        byte[] tar = tar(files);
        return new TestLayer(tar, tar, MediaTypes.OCI_LAYER);
    }

    Digest diffId() {
        return Digest.of(tar);
    }

    Digest digest() {
        return Digest.of(blob);
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    static byte[] tar(Map<String, byte[]> files) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
