package io.holdfast.sandbox;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The sandboxes in memory, as their records have them, and one read-write lock each. Reading never waits for a verb. */
final class SandboxTable {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(4);

    private record Row(Sandbox sandbox, ReadWriteLock lock) {}

    private final ConcurrentMap<String, Row> rows = new ConcurrentHashMap<>();

    void put(Sandbox sandbox) {
        rows.compute(
                sandbox.id(), (_, row) -> new Row(sandbox, row == null ? new ReentrantReadWriteLock() : row.lock()));
    }

    /** Changes one sandbox, one thread at a time; nothing where it is gone. */
    void update(String id, UnaryOperator<Sandbox> change) {
        rows.computeIfPresent(id, (_, row) -> new Row(change.apply(row.sandbox()), row.lock()));
    }

    void delete(String id) {
        rows.remove(id);
    }

    List<Sandbox> all() {
        return rows.values().stream().map(Row::sandbox).toList();
    }

    Sandbox find(String id) {
        Row exact = rows.get(id);
        return exact == null ? findByPrefix(id) : exact.sandbox();
    }

    /** The ready sandbox of this name. */
    Optional<String> ready(String key) {
        return all().stream()
                .filter(sandbox ->
                        sandbox.isReady() && sandbox.config().metadata().key().equals(key))
                .map(Sandbox::id)
                .findFirst();
    }

    /** Now, or right after the last sandbox of the same pod was made where the clock has been set back. */
    Instant nextCreation(SandboxConfig.PodMetadata pod) {
        Instant now = Instant.now();
        return all().stream()
                .filter(sandbox -> sandbox.config().metadata().isSamePod(pod))
                .map(sandbox -> sandbox.createdAt().plusNanos(1))
                .filter(now::isBefore)
                .max(Instant::compareTo)
                .orElse(now);
    }

    <T> T exclusively(String id, Supplier<T> work) {
        return locked(id, row(id).lock().writeLock(), work);
    }

    <T> T shared(String id, Supplier<T> work) {
        return locked(id, row(id).lock().readLock(), work);
    }

    private static <T> T locked(String id, Lock lock, Supplier<T> work) {
        try {
            if (!lock.tryLock(Deadline.remaining(LONGEST_WAIT).toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Failure.TimedOut("sandbox " + id + ": another call on it is still under way; try again");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable("sandbox " + id + ": interrupted; the daemon is stopping", interrupted);
        }
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private Row row(String id) {
        return Optional.ofNullable(rows.get(id)).orElseThrow(() -> absent(id));
    }

    private Sandbox findByPrefix(String prefix) {
        List<Sandbox> found = prefix.isEmpty()
                ? List.of()
                : all().stream()
                        .filter(sandbox -> sandbox.id().startsWith(prefix))
                        .toList();
        if (found.size() > 1) {
            throw new Failure.Invalid(
                    "pod_sandbox_id: " + found.size() + " sandboxes begin with " + prefix + "; give more of it");
        }
        return found.stream().findFirst().orElseThrow(() -> absent(prefix));
    }

    private static Failure absent(String id) {
        return new Failure.NotFound("sandbox " + id + " does not exist");
    }
}
