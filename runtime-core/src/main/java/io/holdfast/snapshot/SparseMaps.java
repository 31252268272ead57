package io.holdfast.snapshot;

import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the data of a sparse file belongs, in the formats that GNU tar has had: in the header itself and blocks after
 * it, in the extended header (0.0 and 0.1), or before the data (1.0).
 */
final class SparseMaps {
    private static final int IN_HEADER = 386;
    private static final int HEADER_REGIONS = 4;
    private static final int HEADER_EXTENDED = 482;
    private static final int BLOCK_REGIONS = 21;
    private static final int BLOCK_EXTENDED = 504;
    private static final TarBlock.Field HEADER_LENGTH = new TarBlock.Field(483, 12);
    private static final int NUMBER = 12;
    private static final int LONGEST_LINE = 24;

    private final LayerLimits limits;

    /** Where blocks that belong to the map are read from. */
    interface Blocks {
        byte[] next();
    }

    /** A map read from before the data, and how many of the entry's bytes it took. */
    record Leading(TarEntry.Sparse sparse, long bytes) {}

    SparseMaps(LayerLimits limits) {
        this.limits = limits;
    }

    /** Reads a map of the old format from its header and the blocks after it. */
    TarEntry.Sparse inHeader(TarBlock header, Blocks blocks) {
        List<Long> numbers = new ArrayList<>();
        boolean more = addRegions(header, IN_HEADER, HEADER_REGIONS, numbers) && header.flag(HEADER_EXTENDED);
        while (more) {
            TarBlock block = new TarBlock(blocks.next());
            more = addRegions(block, 0, BLOCK_REGIONS, numbers) && block.flag(BLOCK_EXTENDED);
            requireFew(numbers.size() / 2);
        }
        return map(header.number(HEADER_LENGTH), numbers);
    }

    /** Reads a map of the formats 0.0 and 0.1, if the extended header has one. */
    Optional<TarEntry.Sparse> inRecords(PaxRecords records) {
        long length = records.number("GNU.sparse.size", -1);
        if (length < 0) {
            return Optional.empty();
        }
        List<Long> numbers = records.value("GNU.sparse.map").map(this::split).orElse(records.sparseMap());
        return Optional.of(map(length, numbers));
    }

    static boolean isLeading(PaxRecords records) {
        return records.number("GNU.sparse.major", 0) == 1 && records.number("GNU.sparse.minor", 0) == 0;
    }

    /** Reads a map of the format 1.0: a count, then offsets and lengths, a line each, filled up to a whole block. */
    Leading beforeData(PaxRecords records, Blocks blocks) {
        Lines lines = new Lines(blocks);
        long count = lines.next();
        requireFew(count);
        List<Long> numbers = new ArrayList<>();
        for (long read = 0; read < 2 * count; read++) {
            numbers.add(lines.next());
        }
        return new Leading(map(records.number("GNU.sparse.realsize", -1), numbers), lines.bytes());
    }

    private boolean addRegions(TarBlock block, int offset, int most, List<Long> numbers) {
        for (int index = 0; index < 2 * most; index += 2) {
            int at = offset + index * NUMBER;
            long length = block.number(new TarBlock.Field(at + NUMBER, NUMBER));
            long start = block.number(new TarBlock.Field(at, NUMBER));
            if (length == 0 && start == 0) {
                return false;
            }
            numbers.add(start);
            numbers.add(length);
        }
        return true;
    }

    private List<Long> split(String map) {
        String[] numbers = map.split(",", 2 * limits.regions() + 1);
        requireFew(numbers.length / 2);
        return List.of(numbers).stream().map(PaxRecords::number).toList();
    }

    private void requireFew(long regions) {
        if (regions > limits.regions()) {
            throw new Failure.Broken("a sparse file has more than " + limits.regions() + " pieces of data");
        }
    }

    private TarEntry.Sparse map(long length, List<Long> numbers) {
        List<TarEntry.Region> regions = new ArrayList<>();
        long end = 0;
        if (numbers.size() % 2 != 0 || length < 0) {
            throw corrupt();
        }
        requireFew(numbers.size() / 2);
        for (int index = 0; index < numbers.size(); index += 2) {
            TarEntry.Region region = new TarEntry.Region(numbers.get(index), numbers.get(index + 1));
            if (region.offset() < end || region.length() < 0 || region.length() > length - region.offset()) {
                throw corrupt();
            }
            regions.add(region);
            end = region.end();
        }
        return new TarEntry.Sparse(length, regions);
    }

    private static Failure.Broken corrupt() {
        return new Failure.Broken("the archive is corrupt: the map of a sparse file makes no sense");
    }

    /** Numbers, a line each, out of blocks. */
    private static final class Lines {
        private final Blocks blocks;
        private byte[] block = new byte[0];
        private int at;
        private long bytes;

        Lines(Blocks blocks) {
            this.blocks = blocks;
        }

        long bytes() {
            return bytes;
        }

        long next() {
            StringBuilder line = new StringBuilder();
            for (byte each = nextByte(); each != '\n'; each = nextByte()) {
                line.append((char) Byte.toUnsignedInt(each));
                if (line.length() > LONGEST_LINE) {
                    throw corrupt();
                }
            }
            return PaxRecords.number(line.toString());
        }

        private byte nextByte() {
            if (at == block.length) {
                block = blocks.next();
                bytes += block.length;
                at = 0;
            }
            return block[at++];
        }
    }
}
