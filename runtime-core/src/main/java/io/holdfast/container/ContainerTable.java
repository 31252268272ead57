package io.holdfast.container;

import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Failure;
import io.holdfast.work.Retries;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The containers in memory and their records on disk: the only writer of both. */
final class ContainerTable {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerTable.class);

    private final RecordStore<ContainerRecord> records;
    private final Retries retries;
    private final ConcurrentMap<String, LiveContainer> all = new ConcurrentHashMap<>();
    private volatile List<String> unreadable = List.of();

    ContainerTable(RecordStore<ContainerRecord> records, Retries retries) {
        this.records = records;
        this.retries = retries;
    }

    /** Reads what is on disk. */
    void load() {
        RecordStore.Loaded<ContainerRecord> loaded = records.load();
        loaded.records().values().forEach(this::enter);
        unreadable = loaded.unreadable();
    }

    /** The ids of records that nobody could read: what they hold is left alone. */
    List<String> unreadable() {
        return unreadable;
    }

    /** A new container in memory, made later than any other of its name; it is not on disk before {@link #write}. */
    synchronized LiveContainer enter(PodEnvironment.Pod pod, String name, Function<Instant, ContainerRecord> record) {
        return enter(record.apply(nextCreation(pod, name)));
    }

    private LiveContainer enter(ContainerRecord record) {
        LiveContainer live = new LiveContainer(record);
        all.put(record.id(), live);
        return live;
    }

    /** Puts on disk what memory has; nothing of one that is forgotten. */
    void write(LiveContainer live) {
        synchronized (live) {
            if (isHere(live)) {
                records.put(live.id(), live.record());
            }
        }
    }

    /** Changes the record on disk and then in memory: nobody sees what could be lost. */
    void change(LiveContainer live, UnaryOperator<ContainerRecord> change) {
        synchronized (live) {
            requireHere(live);
            ContainerRecord changed = change.apply(live.record());
            records.put(live.id(), changed);
            live.set(changed);
        }
    }

    /**
     * Notes what is the case whether or not it can be written down, an exit, say: memory has it at once, and the disk
     * as soon as it can.
     */
    void note(LiveContainer live, UnaryOperator<ContainerRecord> change) {
        synchronized (live) {
            requireHere(live);
            live.set(change.apply(live.record()));
            try {
                records.put(live.id(), live.record());
            } catch (RuntimeException failed) {
                LOG.error("Container {}: its record cannot be written, which is tried again", live.id(), failed);
                retries.later(live.id());
            }
        }
    }

    void forget(LiveContainer live) {
        synchronized (live) {
            records.delete(live.id());
            all.remove(live.id());
        }
    }

    List<LiveContainer> every() {
        return List.copyOf(all.values());
    }

    /** Also one that is not listed. */
    Optional<LiveContainer> any(String id) {
        return Optional.ofNullable(all.get(id));
    }

    LiveContainer listed(String id) {
        return any(id).filter(live -> live.state().isListed()).orElseThrow(() -> absent(id));
    }

    List<Container> list(Predicate<Container> wanted) {
        return all.values().stream()
                .map(LiveContainer::container)
                .filter(container -> container.state().isListed() && wanted.test(container))
                .sorted(Comparator.comparing(Container::createdAt).reversed())
                .toList();
    }

    Container find(String prefix) {
        Optional<LiveContainer> exact = any(prefix).filter(live -> live.state().isListed());
        if (exact.isPresent()) {
            return exact.get().container();
        }
        List<Container> found =
                prefix.isEmpty() ? List.of() : list(container -> container.id().startsWith(prefix));
        if (found.size() > 1) {
            throw new Failure.Invalid(
                    "container_id: " + found.size() + " containers begin with " + prefix + "; give more of it");
        }
        return found.stream().findFirst().orElseThrow(() -> absent(prefix));
    }

    /** Now, or right after the last container of the same name and pod was made where the clock has been set back. */
    private Instant nextCreation(PodEnvironment.Pod pod, String name) {
        Instant now = Instant.now();
        return all.values().stream()
                .map(LiveContainer::container)
                .filter(other -> other.config().name().equals(name) && isSame(other.pod(), pod))
                .map(other -> other.createdAt().plusNanos(1))
                .filter(now::isBefore)
                .max(Comparator.naturalOrder())
                .orElse(now);
    }

    private static boolean isSame(PodEnvironment.Pod one, PodEnvironment.Pod other) {
        return one.uid().equals(other.uid())
                && one.namespace().equals(other.namespace())
                && one.name().equals(other.name());
    }

    private boolean isHere(LiveContainer live) {
        return all.get(live.id()) == live;
    }

    private void requireHere(LiveContainer live) {
        if (!isHere(live)) {
            throw absent(live.id());
        }
    }

    private static Failure absent(String id) {
        return new Failure.NotFound("container " + id + " does not exist");
    }
}
