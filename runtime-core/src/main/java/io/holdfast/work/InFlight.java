package io.holdfast.work;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One piece of work a key at a time. Who asks for a key whose work is under way joins it and gets its result. The work
 * runs on a thread and under a deadline of its own: a caller that gives up does not end it, and its retry joins it.
 */
public final class InFlight<K, V> {
    private final ConcurrentMap<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();
    private final Duration limit;

    public InFlight(Duration limit) {
        this.limit = limit;
    }

    /** The result of the work under way for this key, or of {@code work}, which is begun where none is. */
    public V join(K key, Supplier<V> work) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> first = running.putIfAbsent(key, mine);
        if (first == null) {
            Thread.ofVirtual().name("inflight-" + key).start(() -> run(key, mine, work));
        }
        return await(key, first == null ? mine : first);
    }

    /** Waits until what is under way now for these keys is over, however it ends. */
    public void settle(Predicate<K> keys) {
        running.forEach((key, result) -> {
            if (keys.test(key)) {
                await(key, result.handle((_, _) -> key));
            }
        });
    }

    private void run(K key, CompletableFuture<V> result, Supplier<V> work) {
        try {
            V value = Deadline.own(limit, work);
            running.remove(key, result);
            result.complete(value);
        } catch (Throwable thrown) {
            running.remove(key, result);
            result.completeExceptionally(thrown);
        }
    }

    private <R> R await(K key, CompletableFuture<R> result) {
        try {
            return result.get(Deadline.remaining(limit).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new Failure.TimedOut(
                    key + ": still under way when the call's time was over; it goes on, and a retry joins it", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable(key + ": interrupted while waiting; the daemon is stopping", interrupted);
        } catch (ExecutionException failed) {
            throw rethrown(failed.getCause());
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case Error error -> throw error;
            case RuntimeException unchecked -> unchecked;
            default -> new Failure.Broken(cause.getMessage(), cause);
        };
    }
}
