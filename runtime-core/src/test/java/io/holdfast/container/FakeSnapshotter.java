package io.holdfast.container;

import io.holdfast.snapshot.Layer;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.snapshot.Usage;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Snapshots that are names alone: what is mounted where, and what keeps what, as the contract has it. */
final class FakeSnapshotter implements Snapshotter {
    private final Map<String, List<String>> snapshots = new ConcurrentHashMap<>();
    private final Map<Path, String> mounts = new ConcurrentHashMap<>();
    private volatile Content content = _ -> {};

    /** Writes what an image has into the place where its snapshot is mounted. */
    interface Content {
        void into(Path rootfs) throws IOException;
    }

    /** What is mounted from now on has this in it. */
    void filledBy(Content image) {
        content = image;
    }

    Map<Path, String> mounts() {
        return Map.copyOf(mounts);
    }

    @Override
    public void prepare(String key, List<String> chain) {
        snapshots.put(key, List.copyOf(chain));
    }

    @Override
    public void view(String key, List<String> chain) {
        prepare(key, chain);
    }

    @Override
    public void mount(String key, Path target) {
        if (!snapshots.containsKey(key)) {
            throw new Failure.NotFound("no snapshot " + key);
        }
        mounts.put(target, key);
        try {
            content.into(target);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void unmount(Path target) {
        mounts.remove(target);
    }

    @Override
    public void removeSnapshot(String key) {
        if (mounts.containsValue(key)) {
            throw new Failure.WrongState("snapshot " + key + " is mounted");
        }
        snapshots.remove(key);
    }

    @Override
    public Set<String> snapshots() {
        return Set.copyOf(snapshots.keySet());
    }

    @Override
    public Usage usage(String key) {
        return new Usage(4096, 1);
    }

    @Override
    public Usage total() {
        return Usage.NONE;
    }

    @Override
    public boolean has(String chainId) {
        return true;
    }

    @Override
    public Set<String> layers() {
        return Set.of();
    }

    @Override
    public Layer begin(String purpose) {
        throw new UnsupportedOperationException("containers unpack nothing");
    }

    @Override
    public void commit(Layer layer, List<String> chain) {
        throw new UnsupportedOperationException("containers unpack nothing");
    }

    @Override
    public void abandon(Layer layer) {
        throw new UnsupportedOperationException("containers unpack nothing");
    }

    @Override
    public void removeLayer(String chainId) {
        throw new UnsupportedOperationException("containers unpack nothing");
    }
}
