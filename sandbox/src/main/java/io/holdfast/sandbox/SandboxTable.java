package io.holdfast.sandbox;

import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import io.holdfast.work.Retries;
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
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sandboxes in memory and their records on disk: the only writer of both. There is one read-write lock for the verbs
 * on each. Reading never waits for a verb.
 */
final class SandboxTable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxTable.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(4);

    /** One sandbox; its monitor is for who writes. */
    private static final class Row {
        private final ReadWriteLock lock = new ReentrantReadWriteLock();
        private volatile Sandbox sandbox;
        private boolean written = true;

        private Row(Sandbox sandbox) {
            this.sandbox = sandbox;
        }
    }

    private final RecordStore<Sandbox> records;
    private final Retries retries;
    private final ConcurrentMap<String, Row> rows = new ConcurrentHashMap<>();
    private volatile List<String> unreadable = List.of();

    /** What could not be written is owed: {@code retries} is to call {@link #catchUp}. */
    SandboxTable(RecordStore<Sandbox> records, Retries retries) {
        this.records = records;
        this.retries = retries;
    }

    /** Reads what is on disk. */
    void load() {
        RecordStore.Loaded<Sandbox> loaded = records.load();
        loaded.records().forEach((id, sandbox) -> rows.put(id, new Row(sandbox)));
        unreadable = loaded.unreadable();
    }

    /** The ids of records that nobody could read: what they hold is left alone. */
    List<String> unreadable() {
        return unreadable;
    }

    /** A new sandbox in memory, made later than any other of its pod; it is not on disk before {@link #write}. */
    synchronized Sandbox enter(SandboxConfig.PodMetadata pod, Function<Instant, Sandbox> made) {
        Sandbox sandbox = made.apply(nextCreation(pod));
        rows.put(sandbox.id(), new Row(sandbox));
        return sandbox;
    }

    /** Puts on disk what memory has. */
    void write(String id) {
        Row row = row(id);
        synchronized (row) {
            put(row, row.sandbox);
        }
    }

    /** Puts on disk what {@link #note} could not. */
    void catchUp(String id) {
        Row row = row(id);
        synchronized (row) {
            if (!row.written) {
                put(row, row.sandbox);
            }
        }
    }

    /** Changes the record on disk and then in memory: nobody sees what could be lost. */
    void change(String id, UnaryOperator<Sandbox> change) {
        Row row = row(id);
        synchronized (row) {
            Sandbox changed = change.apply(row.sandbox);
            put(row, changed);
            row.sandbox = changed;
        }
    }

    /**
     * Notes what is the case whether or not it can be written down, the end of a pause process, say: memory has it at
     * once, and the disk as soon as it can. Nothing is written where nothing changes; nothing is noted of a sandbox
     * that is gone.
     */
    void note(String id, UnaryOperator<Sandbox> change) {
        Row row = rows.get(id);
        if (row == null) {
            return;
        }
        synchronized (row) {
            Sandbox changed = change.apply(row.sandbox);
            if (changed.equals(row.sandbox)) {
                return;
            }
            row.sandbox = changed;
            try {
                put(row, changed);
            } catch (RuntimeException failed) {
                LOG.error("Sandbox {}: its record cannot be written, which is tried again", id, failed);
                retries.later(id);
            }
        }
    }

    /** On disk and in memory; what the disk does not let go of yet is owed. */
    void forget(String id) {
        Row row = row(id);
        synchronized (row) {
            try {
                records.delete(id);
                rows.remove(id);
            } catch (RuntimeException failed) {
                LOG.error("Sandbox {}: its record cannot be deleted, which is tried again", id, failed);
                retries.later(id);
            }
        }
    }

    List<Sandbox> all() {
        return rows.values().stream().map(row -> row.sandbox).toList();
    }

    /** By its whole id, or by what only its id begins with. */
    Sandbox find(String id) {
        Row exact = rows.get(id);
        return exact == null ? findByPrefix(id) : exact.sandbox;
    }

    /** The ready sandbox of this name. */
    Optional<String> ready(String key) {
        return all().stream()
                .filter(sandbox ->
                        sandbox.isReady() && sandbox.config().metadata().key().equals(key))
                .map(Sandbox::id)
                .findFirst();
    }

    <T> T exclusively(String id, Supplier<T> work) {
        return locked(id, row(id).lock.writeLock(), work);
    }

    <T> T shared(String id, Supplier<T> work) {
        return locked(id, row(id).lock.readLock(), work);
    }

    private void put(Row row, Sandbox sandbox) {
        row.written = false;
        records.put(sandbox.id(), sandbox);
        row.written = true;
    }

    /** Now, or right after the last sandbox of the same pod was made where the clock has been set back. */
    private Instant nextCreation(SandboxConfig.PodMetadata pod) {
        Instant now = Instant.now();
        return all().stream()
                .filter(sandbox -> sandbox.config().metadata().isSamePod(pod))
                .map(sandbox -> sandbox.createdAt().plusNanos(1))
                .filter(now::isBefore)
                .max(Instant::compareTo)
                .orElse(now);
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
