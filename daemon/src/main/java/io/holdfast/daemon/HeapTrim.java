package io.holdfast.daemon;

import java.time.Duration;

/**
 * Gives memory back after a burst. The serial collector shrinks the heap only when it collects all of it, which a quiet
 * daemon never comes to by itself.
 */
final class HeapTrim implements AutoCloseable {
    private static final Duration EVERY = Duration.ofMinutes(1);
    /** A heap of this size is not worth a pause. */
    private static final long MODEST = 48L << 20;

    private final Thread thread = Thread.ofVirtual().name("heap-trim").start(HeapTrim::run);

    @Override
    public void close() {
        thread.interrupt();
    }

    private static void run() {
        try {
            while (true) {
                Thread.sleep(EVERY);
                if (Runtime.getRuntime().totalMemory() > MODEST) {
                    System.gc();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
