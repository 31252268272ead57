package io.holdfast.registry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does something unless it is closed within some time: ends calls that have no timeout of their own for the whole. */
record Alarm(Thread sleeper, AtomicBoolean off) implements AutoCloseable {
    static Alarm after(Duration limit, Runnable action) {
        AtomicBoolean off = new AtomicBoolean();
        Thread sleeper = Thread.ofVirtual().name("alarm").start(() -> {
            try {
                Thread.sleep(limit);
                if (!off.getAndSet(true)) {
                    action.run();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // closed in time
            }
        });
        return new Alarm(sleeper, off);
    }

    @Override
    public void close() {
        off.set(true);
        sleeper.interrupt();
    }
}
