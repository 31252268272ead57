package io.holdfast.snapshot;

import io.holdfast.work.Failure;

/** Counts what a layer takes while it is unpacked, and refuses what is over the limits. */
final class LayerUsage {
    private static final long BLOCK = 4096;

    private final LayerLimits limits;
    private long content;
    private long blocks;
    private long inodes;

    LayerUsage(LayerLimits limits) {
        this.limits = limits;
    }

    void addInode() {
        inodes++;
        if (inodes > limits.entries()) {
            throw new Failure.Broken("the layer has more than " + limits.entries() + " entries");
        }
    }

    void addDirectory() {
        blocks++;
    }

    void addContent(long bytes) {
        content += bytes;
        blocks += (bytes + BLOCK - 1) / BLOCK;
        if (content > limits.bytes()) {
            throw new Failure.Broken("the layer's files have more than " + limits.bytes() + " bytes");
        }
    }

    Usage total() {
        return new Usage(blocks * BLOCK, inodes);
    }
}
