package io.holdfast.snapshot;

/** What something takes of a file system: bytes of its blocks, and inodes. */
public record Usage(long bytes, long inodes) {
    public static final Usage NONE = new Usage(0, 0);

    public Usage plus(Usage other) {
        return new Usage(bytes + other.bytes, inodes + other.inodes);
    }
}
