package io.holdfast.snapshot;

import io.holdfast.metadata.Database;
import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which layers and snapshots there are: the two tables, and a copy of them in memory. Its lock covers no disk but the database's. */
final class SnapshotRecords {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotRecords.class);

    private final RecordStore<Snapshot.Committed> layerStore;
    private final RecordStore<Snapshot> snapshotStore;
    private final Map<String, Snapshot.Committed> layers;
    private final Map<String, Snapshot> snapshots;
    private final boolean complete;

    SnapshotRecords(Database database) {
        this.layerStore = database.records("layers", Snapshot.Committed.class);
        this.snapshotStore = database.records("snapshots", Snapshot.class);
        RecordStore.Loaded<Snapshot.Committed> loadedLayers = layerStore.load();
        RecordStore.Loaded<Snapshot> loadedSnapshots = snapshotStore.load();
        this.layers = new HashMap<>(loadedLayers.records());
        this.snapshots = new HashMap<>(loadedSnapshots.records());
        this.complete = loadedLayers.unreadable().isEmpty()
                && loadedSnapshots.unreadable().isEmpty();
    }

    /** Whether every record could be read: only then is a directory without one garbage, and a layer without users. */
    boolean complete() {
        return complete;
    }

    /** Gives up layers whose files are lost, so that they are fetched again. */
    synchronized void forgetLayersBut(LongPredicate there) {
        List<String> lost = layers.entrySet().stream()
                .filter(layer -> !there.test(layer.getValue().number()))
                .map(Map.Entry::getKey)
                .toList();
        for (String chainId : lost) {
            LOG.error("The files of layer {} are lost; images that have it need to be pulled again", chainId);
            layerStore.delete(chainId);
            layers.remove(chainId);
        }
    }

    synchronized Set<Long> numbers() {
        Set<Long> numbers = new HashSet<>();
        Stream.concat(layers.values().stream(), snapshots.values().stream())
                .forEach(each -> numbers.add(each.number()));
        return numbers;
    }

    synchronized Set<String> layers() {
        return Set.copyOf(layers.keySet());
    }

    synchronized Set<String> snapshots() {
        return Set.copyOf(snapshots.keySet());
    }

    synchronized Optional<Snapshot> snapshot(String key) {
        return Optional.ofNullable(snapshots.get(key));
    }

    synchronized Usage usageOfLayers() {
        return layers.values().stream().map(Snapshot.Committed::usage).reduce(Usage.NONE, Usage::plus);
    }

    /** The committed layers of a chain whose files can be seen, topmost first. */
    synchronized List<Snapshot.Committed> visible(List<String> chain) {
        List<Snapshot.Committed> visible = new ArrayList<>();
        for (String id : chain.reversed()) {
            if (!layers.containsKey(id)) {
                throw new Failure.NotFound("layer " + id + " is not here; pull its image again");
            }
            if (visible.isEmpty() || !visible.getLast().hidesAll()) {
                visible.add(layers.get(id));
            }
        }
        return visible;
    }

    /** Records a layer; false where it is here already. */
    synchronized boolean addLayer(String chainId, Snapshot.Committed layer) {
        layer.parent().ifPresent(parent -> visible(List.of(parent)));
        if (layers.containsKey(chainId)) {
            return false;
        }
        layerStore.put(chainId, layer);
        layers.put(chainId, layer);
        return true;
    }

    /** Takes a layer out on which nothing stands: what there was. */
    synchronized Optional<Snapshot> removeLayer(String chainId) {
        if (!complete) {
            throw new Failure.WrongState(
                    "removing layer " + chainId + ": some records of snapshots cannot be read, which may stand on it");
        }
        users(chainId).findFirst().ifPresent(user -> {
            throw new Failure.WrongState(
                    "removing layer " + chainId + ": " + user + " stands on it; remove that first");
        });
        if (!layers.containsKey(chainId)) {
            return Optional.empty();
        }
        layerStore.delete(chainId);
        return Optional.of(layers.remove(chainId));
    }

    /** Records a snapshot; the one of that key where there is one. What fails leaves no record. */
    synchronized Snapshot addSnapshot(String key, Snapshot snapshot, List<String> chain) {
        if (snapshots.containsKey(key)) {
            return snapshots.get(key);
        }
        visible(chain);
        try {
            snapshotStore.put(key, snapshot);
        } catch (RuntimeException failed) {
            withdraw(key, failed);
            throw failed;
        }
        snapshots.put(key, snapshot);
        return snapshot;
    }

    /** A write that has failed may have been done all the same. */
    private void withdraw(String key, RuntimeException why) {
        try {
            snapshotStore.delete(key);
        } catch (RuntimeException failed) {
            why.addSuppressed(failed);
        }
    }

    synchronized Optional<Snapshot> removeSnapshot(String key) {
        if (!snapshots.containsKey(key)) {
            return Optional.empty();
        }
        snapshotStore.delete(key);
        return Optional.of(snapshots.remove(key));
    }

    private Stream<String> users(String chainId) {
        Stream<String> above = layers.entrySet().stream()
                .filter(each -> each.getValue().parent().equals(Optional.of(chainId)))
                .map(each -> "layer " + each.getKey());
        Stream<String> stacked = snapshots.entrySet().stream()
                .filter(each -> chain(each.getValue()).contains(chainId))
                .map(each -> "snapshot " + each.getKey());
        return Stream.concat(above, stacked);
    }

    /** The layers that a snapshot stands on, bottom first. */
    static List<String> chain(Snapshot snapshot) {
        return switch (snapshot) {
            case Snapshot.Active active -> active.chain();
            case Snapshot.View view -> view.chain();
            case Snapshot.Committed layer -> layer.parent().stream().toList();
        };
    }
}
