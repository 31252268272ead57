package io.holdfast.linux;

import io.holdfast.work.Failure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Runs work on a platform thread made for it, which ends afterwards: the only place for unshare and setns, since a
 * thread that has changed its namespaces must never run anything else.
 */
public final class FreshThread {
    private FreshThread() {}

    public static <T> T call(String name, Supplier<T> work) {
        return begin(name, work).get();
    }

    /** Starts the work; what is answered waits for its result. */
    public static <T> Supplier<T> begin(String name, Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().name(name).start(() -> {
            try {
                result.complete(work.get());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return () -> await(name, result);
    }

    public static void run(String name, Runnable work) {
        call(name, () -> {
            work.run();
            return true;
        });
    }

    private static <T> T await(String name, CompletableFuture<T> result) {
        try {
            return result.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable(name + ": interrupted; the daemon is stopping", interrupted);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new Failure.Broken(name + ": " + failed.getCause().getMessage(), failed.getCause());
        }
    }
}
