package io.holdfast.snapshot;

import io.holdfast.linux.FileHandle;
import io.holdfast.work.Failure;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes the content of files as it comes out of the archive; holes stay holes. */
final class FileContent {
    private static final int CHUNK = 64 * 1024;

    private final LayerLimits limits;
    private final LayerUsage usage;
    private final byte[] chunk = new byte[CHUNK];
    private final ByteBuffer direct = ByteBuffer.allocateDirect(CHUNK);

    FileContent(LayerLimits limits, LayerUsage usage) {
        this.limits = limits;
        this.usage = usage;
    }

    void write(TarEntry entry, TarReader reader, FileHandle file) {
        usage.addContent(entry.bytes());
        if (entry.sparse().isPresent()) {
            writeSparse(entry, entry.sparse().get(), reader, file);
        } else {
            copy(entry.bytes(), reader, file);
        }
    }

    private void writeSparse(TarEntry entry, TarEntry.Sparse sparse, TarReader reader, FileHandle file) {
        List<TarEntry.Region> regions = sparse.regions();
        long data = regions.stream().mapToLong(TarEntry.Region::length).sum();
        if (data != entry.bytes() || sparse.length() > limits.fileBytes()) {
            throw new Failure.Broken("a sparse file of " + sparse.length() + " bytes has a map that does not fit it");
        }
        long position = 0;
        for (TarEntry.Region region : regions) {
            file.skip(region.offset() - position);
            copy(region.length(), reader, file);
            position = region.end();
        }
        file.truncate(sparse.length());
    }

    private void copy(long bytes, TarReader reader, FileHandle file) {
        for (long left = bytes; left > 0; ) {
            int count = reader.read(chunk, (int) Math.min(chunk.length, left));
            direct.clear().put(chunk, 0, count).flip();
            file.write(direct);
            left -= count;
        }
    }
}
