package io.holdfast.container;

import io.holdfast.linux.CgroupUsage;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * What a container uses.
 *
 * @param group its processes; all of it is empty where they have ended
 * @param nanoCores cpu nanoseconds a second between the two latest questions; empty at the first
 * @param writable its writable layer
 */
public record ContainerUsage(CgroupUsage group, OptionalLong nanoCores, Layer writable) {
    /** The disk space of a layer. */
    public record Layer(Instant at, long bytes, long inodes) {}
}
