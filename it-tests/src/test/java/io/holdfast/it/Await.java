package io.holdfast.it;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting for a condition, with a bound and a message that says what did not come. */
public final class Await {
    private static final Duration STEP = Duration.ofMillis(20);

    private Await() {}

    /** Waits up to {@code bound} until {@code condition} holds. */
    public static void until(String what, Duration bound, BooleanSupplier condition) {
        until(what, bound, condition::getAsBoolean, holds -> holds);
    }

    /** Waits up to {@code bound} for a value that {@code wanted} accepts, and answers it. */
    public static <T> T until(String what, Duration bound, Supplier<T> value, Predicate<T> wanted) {
        long end = System.nanoTime() + bound.toNanos();
        while (true) {
            T seen = value.get();
            if (wanted.test(seen)) {
                return seen;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + bound + " for " + what + ", last saw: " + seen);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(STEP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
