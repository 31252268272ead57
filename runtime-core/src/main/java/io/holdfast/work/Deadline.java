package io.holdfast.work;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * The moment at which the work of this thread has to be over, on the monotonic clock. It is bound to the work, not
 * handed from call to call; every wait that can last asks {@link #remaining}. Undo binds its own with {@link #own}.
 */
public record Deadline(long atNanos) {
    private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();

    public static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    /** Runs the work with the sooner of its caller's deadline and this limit. */
    public static <T> T within(Duration limit, Supplier<T> work) {
        Deadline own = in(limit);
        return bound(CURRENT.isBound() && CURRENT.get().isBefore(own) ? CURRENT.get() : own, work);
    }

    /** Runs the work with this limit alone, whatever time its caller has left: for undo, and for work that outlives a call. */
    public static <T> T own(Duration limit, Supplier<T> work) {
        return bound(in(limit), work);
    }

    public static void own(Duration limit, Runnable work) {
        ScopedValue.where(CURRENT, in(limit)).run(work);
    }

    /** Runs the work with this very deadline: how {@link Parallel} takes it to another thread. */
    public static <T> T bound(Deadline deadline, Supplier<T> work) {
        return ScopedValue.where(CURRENT, deadline).call(work::get);
    }

    /** The deadline in force, or one that lies {@code otherwise} ahead where none is. */
    public static Deadline current(Duration otherwise) {
        return CURRENT.isBound() ? CURRENT.get() : in(otherwise);
    }

    /** The time left, never below zero and never more than {@code most}. */
    public static Duration remaining(Duration most) {
        if (!CURRENT.isBound()) {
            return most;
        }
        Duration left = CURRENT.get().left();
        return left.compareTo(most) < 0 ? left : most;
    }

    /** Fails with {@link Failure.TimedOut} once the time is over. */
    public static void check(String doing) {
        if (CURRENT.isBound() && CURRENT.get().passed()) {
            throw new Failure.TimedOut(doing + ": the time given for it is over; try again");
        }
    }

    /** The time left until then, never below zero. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
    }

    public boolean passed() {
        return atNanos - System.nanoTime() <= 0;
    }

    private boolean isBefore(Deadline other) {
        return atNanos - other.atNanos < 0;
    }
}
