package io.holdfast.shim;

import io.holdfast.work.Deadline;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Memory for what execs write: a little for each of them, a lot for two at a time. Whoever else writes a lot waits, with
 * its pipe full, so that no pod's probes can take the daemon's memory.
 */
final class LargeOutputs {
    /** What each output may have without asking. */
    static final int SMALL = 1 << 20;

    private static final int AT_ONCE = 2;

    private final Semaphore places = new Semaphore(AT_ONCE, true);

    /** The claim of an exec that has to be over by then. */
    Claim claim(Deadline end) {
        return new Claim(end);
    }

    /** Used by one thread; closing it gives the place back. */
    final class Claim implements AutoCloseable {
        private final Deadline end;
        private boolean held;
        private boolean refused;

        private Claim(Deadline end) {
            this.end = end;
        }

        /** Waits for a place where it has none; false where the exec's time is over before. */
        boolean granted() {
            try {
                held = held || places.tryAcquire(end.left().toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            refused = refused || !held;
            return held;
        }

        /** Whether it was asked for a place that did not come free in time. */
        boolean refused() {
            return refused;
        }

        @Override
        public void close() {
            if (held) {
                held = false;
                places.release();
            }
        }
    }
}
