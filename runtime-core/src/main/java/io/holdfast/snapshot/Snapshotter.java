package io.holdfast.snapshot;

import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Keeps image layers and stacks them to roots of containers. A layer's name is its chain id; a chain is the list of
 * them, bottom first. What returns is durable; what did not return never happened, or can be done again.
 *
 * <p>All calls may run side by side, but for those on one key or one layer. They touch the disk: a call can last.
 */
public interface Snapshotter {
    /** Whether the layer is here, whole. */
    boolean has(String chainId);

    /** The chain ids of all committed layers. */
    Set<String> layers();

    /** A new layer to unpack into, which nobody else sees. Ends with {@link #commit} or {@link #abandon}, or at a restart. */
    Layer begin(String purpose);

    /**
     * Makes an unpacked layer durable, and visible under the last id of the chain; the others must be committed. Where
     * that layer is here already, this one is given up for it.
     */
    void commit(Layer layer, List<String> chain);

    /** Gives an unpacked layer up, whatever its state; success where it is gone. */
    void abandon(Layer layer);

    /** Removes a layer; success where there is none. {@link Failure.WrongState} while anything stands on it. */
    void removeLayer(String chainId);

    /**
     * Makes a writable snapshot of these layers; success where the key has it already. {@link Failure.NotFound} if a
     * layer is missing, {@link Failure.AlreadyExists} if the key stands for something else.
     */
    void prepare(String key, List<String> chain);

    /** As {@link #prepare}, but what is mounted can only be read. */
    void view(String key, List<String> chain);

    /** Mounts a snapshot over an existing directory; success where it is mounted there already. */
    void mount(String key, Path target);

    /** Unmounts what is mounted there; success where nothing is. */
    void unmount(Path target);

    /** Removes a snapshot that is mounted nowhere, with all its files; success where there is none. */
    void removeSnapshot(String key);

    /** The keys of all snapshots. */
    Set<String> snapshots();

    /** What a snapshot's own files take, without its layers'. {@link Failure.NotFound} for an unknown key. */
    Usage usage(String key);

    /** What all committed layers take. */
    Usage total();
}
