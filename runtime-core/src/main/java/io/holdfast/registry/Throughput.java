package io.holdfast.registry;

/** Watches that a body comes fast enough. Counts only the time spent waiting for it. */
final class Throughput {
    private final Patience patience;
    private long nanos;
    private long bytes;

    Throughput(Patience patience) {
        this.patience = patience;
    }

    /** So many bytes came after so much waiting. */
    void came(int count, long waited) throws HostFailed {
        bytes += Math.max(0, count);
        nanos += waited;
        if (nanos >= patience.window().toNanos()) {
            if (bytes < patience.windowBytes()) {
                throw HostFailed.passing("too slow: " + bytes + " bytes within "
                        + patience.window().toSeconds() + " s");
            }
            nanos = 0;
            bytes = 0;
        }
    }
}
