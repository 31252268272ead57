package io.holdfast.shim;

import io.holdfast.linux.Kernel;
import java.io.ByteArrayOutputStream;

/** What comes out of a pipe, up to a cap; what comes after that is read and dropped, so that its writer goes on. */
final class Capture {
    private static final int CHUNK = 1 << 16;

    private final Kernel kernel;
    private final int readEnd;
    private final int cap;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final byte[] chunk = new byte[CHUNK];
    private boolean ended;

    Capture(Kernel kernel, int readEnd, int cap) {
        this.kernel = kernel;
        this.readEnd = readEnd;
        this.cap = cap;
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
        kept.write(chunk, 0, Math.clamp((long) cap - kept.size(), 0, count));
    }

    byte[] kept() {
        return kept.toByteArray();
    }
}
