package io.holdfast.content;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One holder a key at a time; the others wait their turn within their deadline. */
public final class Turns<K> {
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Held until closed, from whatever thread. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** A key's only place, and how many hold or await it. */
    private record Queue(Semaphore place, int users) {
        Queue with(int change) {
            return new Queue(place, users + change);
        }
    }

    private final ConcurrentMap<K, Queue> queues = new ConcurrentHashMap<>();

    /** Takes the turn; {@code what} is for the message of a wait that was in vain. */
    public Turn take(K key, String what) {
        Queue queue = queues.compute(key, (_, old) -> old == null ? new Queue(new Semaphore(1), 1) : old.with(1));
        boolean taken = false;
        try {
            taken = queue.place().tryAcquire(Deadline.remaining(LONGEST).toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable("waiting for " + what + ": interrupted; the daemon is stopping", interrupted);
        } finally {
            if (!taken) {
                leave(key);
            }
        }
        if (!taken) {
            throw new Failure.TimedOut("waiting for " + what + " by someone else took too long; try again");
        }
        return () -> {
            queue.place().release();
            leave(key);
        };
    }

    private void leave(K key) {
        queues.computeIfPresent(key, (_, queue) -> queue.users() == 1 ? null : queue.with(-1));
    }
}
