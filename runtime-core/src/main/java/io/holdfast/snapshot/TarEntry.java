package io.holdfast.snapshot;

import io.holdfast.linux.FileAttributes;
import io.holdfast.linux.FileStatus;
import java.util.List;
import java.util.Optional;

/**
 * One entry of a tar archive. Its names are bytes, held one a char as ISO 8859-1 has them: a name on Linux need not be
 * text, and no byte of it may change.
 *
 * @param link what a link points to, else empty
 * @param bytes of content that follow in the archive
 * @param sparse where that content belongs, if the file has holes
 */
record TarEntry(
        String name,
        Kind kind,
        String link,
        FileAttributes attributes,
        FileStatus.Device device,
        long bytes,
        Optional<Sparse> sparse) {

    enum Kind {
        FILE,
        HARD_LINK,
        SYMLINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO
    }

    /** A file with holes: its whole length, and its pieces of data in ascending order. */
    record Sparse(long length, List<Region> regions) {
        Sparse {
            regions = List.copyOf(regions);
        }
    }

    record Region(long offset, long length) {
        long end() {
            return offset + length;
        }
    }
}
