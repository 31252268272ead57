package io.holdfast.image;

import java.nio.file.Path;

/** What all images together take of their file system: bytes, inodes, and a directory on it. */
public record ImageUsage(long bytes, long inodes, Path mountpoint) {}
