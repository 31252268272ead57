package io.holdfast.image;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the collector in the background: at start, when woken, and now and then for what was in use before. */
final class Sweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final Collector collector;
    private final Semaphore calls = new Semaphore(1);
    private final Thread thread;

    Sweeper(Collector collector) {
        this.collector = collector;
        this.thread = Thread.ofPlatform().daemon().name("collector").start(this::run);
    }

    /** Has it sweep soon. */
    void wake() {
        calls.release();
    }

    void sweep() {
        collector.sweep();
    }

    /** Waits for a sweep under way. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(EVERY);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                if (calls.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    calls.drainPermits();
                }
                sweepOrSay();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** What fails now is tried again at the next turn. */
    private void sweepOrSay() {
        try {
            collector.sweep();
        } catch (RuntimeException failed) {
            LOG.warn("Removing unneeded layers and content: {}", failed.getMessage(), failed);
        }
    }
}
