package io.holdfast.snapshot;

/**
 * How much one layer may ask for before it is refused as hostile. All caps of unpacking stand here.
 *
 * @param entries files, directories, links and nodes
 * @param bytes content of all files together, holes not counted
 * @param archiveBytes the whole archive, headers and padding included
 * @param fileBytes length of one file, holes counted
 * @param headerBytes one extended header, long name or sparse map
 * @param regions pieces of data in one sparse file
 */
record LayerLimits(long entries, long bytes, long archiveBytes, long fileBytes, int headerBytes, int regions) {
    /** Paths as the kernel takes them, without the zero byte. */
    static final int PATH_BYTES = 4095;

    /** One name in a path. */
    static final int NAME_BYTES = 255;

    static final LayerLimits DEFAULT = new LayerLimits(4_000_000, 512L << 30, 520L << 30, 512L << 30, 1 << 20, 1 << 15);
}
