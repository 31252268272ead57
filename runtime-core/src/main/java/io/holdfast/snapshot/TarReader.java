package io.holdfast.snapshot;

import io.holdfast.linux.FileAttributes;
import io.holdfast.linux.FileStatus;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads a tar archive entry by entry: ustar, pax (POSIX.1-2001) and what GNU tar adds. Written for archives whose maker
 * is not trusted: nothing is taken into memory whose size is not capped, and names and extended attributes come out
 * byte by byte as they stand there. Where the formats leave room, it reads as Go's archive/tar does, by which image
 * layers are made and read elsewhere.
 */
final class TarReader {
    private static final long LARGEST_ID = 0xffff_fffeL;
    private static final int LARGEST_MAJOR = 0xfff;
    private static final int LARGEST_MINOR = 0xf_ffff;
    private static final int PERMISSIONS = 07777;

    private final ArchiveStream in;
    private final LayerLimits limits;
    private final SparseMaps sparseMaps;
    private long contentLeft;
    private long padding;

    /** What entries before a file say about it. */
    private record Preceding(PaxRecords pax, Optional<String> name, Optional<String> link) {
        Preceding with(PaxRecords records) {
            return new Preceding(records, name, link);
        }

        Preceding withName(String longName) {
            return new Preceding(pax, Optional.of(longName), link);
        }

        Preceding withLink(String longLink) {
            return new Preceding(pax, name, Optional.of(longLink));
        }
    }

    TarReader(ArchiveStream in, LayerLimits limits) {
        this.in = in;
        this.limits = limits;
        this.sparseMaps = new SparseMaps(limits);
    }

    /** The next entry, or empty at the archive's end. What is left of the content of the one before is skipped. */
    Optional<TarEntry> next() {
        Preceding preceding = new Preceding(PaxRecords.none(), Optional.empty(), Optional.empty());
        while (true) {
            skipRest();
            Optional<TarBlock> block = nextHeader();
            if (block.isEmpty()) {
                return Optional.empty();
            }
            TarBlock header = block.get();
            switch (header.type()) {
                case 'x' -> preceding = preceding.with(PaxRecords.parse(extension(header)));
                case 'L' -> preceding = preceding.withName(untilZero(extension(header)));
                case 'K' -> preceding = preceding.withLink(untilZero(extension(header)));
                case 'g', 'V' -> begin(header.size());
                default -> {
                    return Optional.of(entry(header, preceding));
                }
            }
        }
    }

    /** Reads content of the entry, of which so much must be left. */
    int read(byte[] buffer, int most) {
        int count = in.read(buffer, 0, (int) Math.min(most, contentLeft));
        if (count <= 0) {
            throw truncated();
        }
        contentLeft -= count;
        return count;
    }

    private TarEntry entry(TarBlock header, Preceding preceding) {
        PaxRecords pax = preceding.pax();
        String name = pax.value("GNU.sparse.name")
                .or(() -> pax.value("path"))
                .or(preceding::name)
                .orElseGet(header::name);
        try {
            return entry(name, header, preceding);
        } catch (Failure.Broken hostile) {
            throw new Failure.Broken(
                    "reading " + LayerPath.printable(name) + " of an image layer: " + hostile.getMessage(), hostile);
        }
    }

    private TarEntry entry(String name, TarBlock header, Preceding preceding) {
        PaxRecords pax = preceding.pax();
        TarEntry.Kind kind = kind(header.type(), name);
        begin(hasContent(header.type()) ? pax.number("size", header.size()) : 0);
        Optional<TarEntry.Sparse> sparse = kind == TarEntry.Kind.FILE ? sparse(header, pax) : Optional.empty();
        return new TarEntry(
                name,
                kind,
                pax.value("linkpath").or(preceding::link).orElseGet(header::link),
                attributes(header, pax),
                device(kind, header),
                contentLeft,
                sparse);
    }

    private Optional<TarEntry.Sparse> sparse(TarBlock header, PaxRecords pax) {
        if (header.type() == 'S') {
            return Optional.of(sparseMaps.inHeader(header, this::mapBlock));
        }
        if (SparseMaps.isLeading(pax)) {
            SparseMaps.Leading map = sparseMaps.beforeData(pax, this::mapBlock);
            if (map.bytes() > contentLeft) {
                throw truncated();
            }
            contentLeft -= map.bytes();
            return Optional.of(map.sparse());
        }
        return sparseMaps.inRecords(pax);
    }

    /** Links, directories and nodes have none, whatever their headers say. */
    private static boolean hasContent(char type) {
        return type == '\0' || type == '0' || type == '7' || type == 'S';
    }

    private static TarEntry.Kind kind(char type, String name) {
        return switch (type) {
            case '\0' -> name.endsWith("/") ? TarEntry.Kind.DIRECTORY : TarEntry.Kind.FILE;
            case '0', '7', 'S' -> TarEntry.Kind.FILE;
            case '1' -> TarEntry.Kind.HARD_LINK;
            case '2' -> TarEntry.Kind.SYMLINK;
            case '3' -> TarEntry.Kind.CHARACTER_DEVICE;
            case '4' -> TarEntry.Kind.BLOCK_DEVICE;
            case '5' -> TarEntry.Kind.DIRECTORY;
            case '6' -> TarEntry.Kind.FIFO;
            default ->
                throw new Failure.Broken("the archive has an entry of a kind that no image layer can have: type "
                        + (type < ' ' || type > '~' ? Integer.toString(type) : "'" + type + "'"));
        };
    }

    private static FileAttributes attributes(TarBlock header, PaxRecords pax) {
        return new FileAttributes(
                id("owner", pax.number("uid", header.uid())),
                id("group", pax.number("gid", header.gid())),
                (int) header.mode() & PERMISSIONS,
                pax.time("mtime", time(header.modified())),
                pax.extended());
    }

    private static Instant time(long seconds) {
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException out) {
            throw new Failure.Broken("an entry's time is " + seconds + " s from 1970, which no file can have", out);
        }
    }

    private static int id(String what, long id) {
        if (id < 0 || id > LARGEST_ID) {
            throw new Failure.Broken("an entry's " + what + " is " + id + ", which no file can have");
        }
        return (int) id;
    }

    private static FileStatus.Device device(TarEntry.Kind kind, TarBlock header) {
        if (kind != TarEntry.Kind.CHARACTER_DEVICE && kind != TarEntry.Kind.BLOCK_DEVICE) {
            return new FileStatus.Device(0, 0);
        }
        long major = header.major();
        long minor = header.minor();
        if (major < 0 || major > LARGEST_MAJOR || minor < 0 || minor > LARGEST_MINOR) {
            throw new Failure.Broken("a device has the number " + major + ":" + minor + ", which no device can have");
        }
        return new FileStatus.Device((int) major, (int) minor);
    }

    /** The header after the last entry; empty after a block of zeros, or where the archive ends without one. */
    private Optional<TarBlock> nextHeader() {
        byte[] block = in.upTo(TarBlock.BYTES);
        if (block.length != 0 && block.length != TarBlock.BYTES) {
            throw truncated();
        }
        TarBlock header = new TarBlock(block);
        if (block.length == 0 || header.isZero()) {
            return Optional.empty();
        }
        header.requireChecksum();
        return Optional.of(header);
    }

    /** The content of an entry that only speaks of the next one. */
    private byte[] extension(TarBlock header) {
        begin(header.size());
        if (contentLeft > limits.headerBytes()) {
            throw new Failure.Broken("an extended header has " + contentLeft + " bytes, and at most "
                    + limits.headerBytes() + " are read");
        }
        byte[] content = in.upTo((int) contentLeft);
        if (content.length < contentLeft) {
            throw truncated();
        }
        contentLeft = 0;
        return content;
    }

    private byte[] mapBlock() {
        byte[] block = in.upTo(TarBlock.BYTES);
        if (block.length < TarBlock.BYTES) {
            throw truncated();
        }
        return block;
    }

    private void begin(long bytes) {
        if (bytes < 0 || bytes > limits.fileBytes()) {
            throw new Failure.Broken(
                    "an entry has " + bytes + " bytes, and at most " + limits.fileBytes() + " are unpacked");
        }
        contentLeft = bytes;
        padding = -bytes & (TarBlock.BYTES - 1);
    }

    private void skipRest() {
        if (!in.skip(contentLeft + padding)) {
            throw truncated();
        }
        contentLeft = 0;
        padding = 0;
    }

    private static String untilZero(byte[] name) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        int zero = text.indexOf('\0');
        return zero < 0 ? text : text.substring(0, zero);
    }

    private static Failure.Broken truncated() {
        return new Failure.Broken("the archive ends in the middle of an entry");
    }
}
