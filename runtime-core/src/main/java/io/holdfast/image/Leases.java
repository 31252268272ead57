package io.holdfast.image;

import io.holdfast.metadata.Ids;
import io.holdfast.metadata.RecordStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Keeps what pulls need from being collected. The lease of a pull that failed, or of one that a crash ended, is kept for
 * a while: the next pull of the same image then finds what this one had fetched. One whose record cannot be read is left
 * and keeps nothing, which costs a download at most.
 */
final class Leases {
    /** A lease and since when nobody holds it; a holder has none. */
    private record Entry(Lease lease, boolean held, long abandonedAt) {}

    private final RecordStore<Lease> store;
    private final Duration kept;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Leases(RecordStore<Lease> store, Duration kept) {
        this.store = store;
        this.kept = kept;
        RecordStore.Loaded<Lease> loaded = store.load();
        loaded.records().forEach((id, lease) -> entries.put(id, new Entry(lease, false, System.nanoTime())));
    }

    /** A new lease that covers nothing yet. */
    Held open(String purpose) {
        return new Held(purpose);
    }

    synchronized Set<String> content() {
        Set<String> all = new HashSet<>();
        entries.values().forEach(entry -> all.addAll(entry.lease().content()));
        return all;
    }

    synchronized Set<String> layers() {
        Set<String> all = new HashSet<>();
        entries.values().forEach(entry -> all.addAll(entry.lease().layers()));
        return all;
    }

    /** Does something while no lease can be written. */
    synchronized boolean exclusively(BooleanSupplier work) {
        return work.getAsBoolean();
    }

    /** Forgets leases that nobody came back for. */
    synchronized void expire() {
        long now = System.nanoTime();
        Set<String> over = new HashSet<>();
        entries.forEach((id, entry) -> {
            if (!entry.held() && now - entry.abandonedAt() >= kept.toNanos()) {
                over.add(id);
            }
        });
        over.forEach(this::forget);
    }

    private synchronized void put(String id, Lease lease) {
        store.put(id, lease);
        entries.put(id, new Entry(lease, true, 0));
    }

    /** This one now stands for what earlier ones of its purpose had kept. */
    private synchronized void supersede(String id, String purpose) {
        Set<String> earlier = new HashSet<>();
        entries.forEach((other, entry) -> {
            if (!entry.held() && !other.equals(id) && entry.lease().purpose().equals(purpose)) {
                earlier.add(other);
            }
        });
        earlier.forEach(this::forget);
    }

    private synchronized void abandon(String id) {
        entries.computeIfPresent(id, (_, entry) -> new Entry(entry.lease(), false, System.nanoTime()));
    }

    private synchronized void forget(String id) {
        store.delete(id);
        entries.remove(id);
    }

    /** A lease in use. Closing it without {@link #done} leaves it to expire. */
    final class Held implements AutoCloseable {
        private final String id = Ids.next();
        private final String purpose;
        private boolean covers;

        private Held(String purpose) {
            this.purpose = purpose;
        }

        /** All that the pull needs; durable on return. */
        void cover(Set<String> content, Set<String> layers) {
            put(id, new Lease(purpose, content, layers));
            covers = true;
            supersede(id, purpose);
        }

        /** What it kept is kept by an image now, or by nobody. */
        void done() {
            supersede(id, purpose);
            if (covers) {
                forget(id);
            }
        }

        @Override
        public void close() {
            abandon(id);
        }
    }
}
