package io.holdfast.work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs one piece of work for each of several things on virtual threads, bounded, under the caller's deadline. */
public final class Parallel {
    private static final Duration NO_DEADLINE = Duration.ofDays(1);

    private Parallel() {}

    /** Waits for all of them; the first failure is thrown with the later ones suppressed in it. */
    public static <T> void each(Collection<T> things, int atOnce, Consumer<T> work) {
        map(things, atOnce, thing -> {
            work.accept(thing);
            return thing;
        });
    }

    /** The results in the order of the things. */
    public static <T, R> List<R> map(Collection<T> things, int atOnce, Function<T, R> work) {
        if (things.size() == 1) {
            return List.of(work.apply(things.iterator().next()));
        }
        Deadline deadline = Deadline.current(NO_DEADLINE);
        Semaphore places = new Semaphore(Math.max(1, atOnce));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<R>> running = new ArrayList<>();
            for (T thing : things) {
                running.add(threads.submit(placed(places, () -> Deadline.bound(deadline, () -> work.apply(thing)))));
            }
            return results(running);
        }
    }

    private static <R> Callable<R> placed(Semaphore places, Callable<R> work) {
        return () -> {
            places.acquire();
            try {
                return work.call();
            } finally {
                places.release();
            }
        };
    }

    private static <R> List<R> results(List<Future<R>> running) {
        List<R> results = new ArrayList<>();
        List<RuntimeException> failures = new ArrayList<>();
        for (Future<R> one : running) {
            try {
                results.add(one.get());
            } catch (ExecutionException failed) {
                failures.add(unchecked(failed.getCause()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                failures.add(new Failure.Unavailable("interrupted: the daemon is stopping", interrupted));
                running.forEach(other -> other.cancel(true));
                break;
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.removeFirst();
            failures.stream().filter(other -> other != first).forEach(first::addSuppressed);
            throw first;
        }
        return results;
    }

    private static RuntimeException unchecked(Throwable cause) {
        return switch (cause) {
            case Error error -> throw error;
            case RuntimeException unchecked -> unchecked;
            default -> new Failure.Broken(cause.getMessage(), cause);
        };
    }
}
