package io.holdfast.registry;

import io.holdfast.work.Deadline;
import java.io.IOException;
import java.io.InputStream;

/** Reads a body and watches that it comes fast enough. Counts only the time spent waiting for it. */
final class Throughput {
    private final Patience patience;
    private long nanos;
    private long bytes;

    Throughput(Patience patience) {
        this.patience = patience;
    }

    /** Reads some bytes, at most {@code most}; -1 at the end. Fails once the caller's time is over. */
    int read(InputStream body, byte[] into, int offset, int most) throws IOException, HostFailed {
        Deadline.check("reading what a registry sends");
        long before = System.nanoTime();
        int count = body.read(into, offset, most);
        came(count, System.nanoTime() - before);
        return count;
    }

    private void came(int count, long waited) throws HostFailed {
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
