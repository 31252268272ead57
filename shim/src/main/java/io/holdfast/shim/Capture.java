package io.holdfast.shim;

import io.holdfast.linux.Kernel;
import java.util.Arrays;

/** What comes out of a pipe, up to a cap; what comes after that is read and dropped, so that its writer goes on. */
final class Capture {
    private static final int CHUNK = 1 << 16;

    private final Kernel kernel;
    private final int readEnd;
    private final int cap;
    private final LargeOutputs.Claim claim;
    private final byte[] chunk = new byte[CHUNK];
    private byte[] kept = new byte[0];
    private int length;
    private boolean ended;

    /** The claim is for keeping more than a little. */
    Capture(Kernel kernel, int readEnd, int cap, LargeOutputs.Claim claim) {
        this.kernel = kernel;
        this.readEnd = readEnd;
        this.cap = cap;
        this.claim = claim;
    }

    int readEnd() {
        return readEnd;
    }

    /** Whether every writer has closed it. */
    boolean ended() {
        return ended;
    }

    /** Reads once; only when the pipe is readable does it not block. */
    void read() {
        int count = kernel.read(readEnd, chunk);
        ended = count == 0;
        int wanted = Math.min(cap - length, count);
        if (length + wanted <= LargeOutputs.SMALL || claim.granted()) {
            keep(wanted);
        }
    }

    int length() {
        return length;
    }

    /** The first of it, up to as many bytes. */
    byte[] kept(int most) {
        int shown = Math.min(length, most);
        return shown == kept.length ? kept : Arrays.copyOf(kept, shown);
    }

    /** Grows by doubling, and never beyond the cap. */
    private void keep(int count) {
        if (length + count > kept.length) {
            kept = Arrays.copyOf(kept, Math.clamp(2L * kept.length, length + count, cap));
        }
        System.arraycopy(chunk, 0, kept, length, count);
        length += count;
    }
}
