package io.holdfast.image;

import io.holdfast.snapshot.Layer;
import io.holdfast.snapshot.Snapshotter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Commits layers from the bottom up, in whatever order they were unpacked. */
final class LayerCommits implements AutoCloseable {
    private final Snapshotter snapshotter;
    private final List<String> chain;
    private final Map<Integer, Optional<Layer>> ready = new HashMap<>();
    private int next;

    LayerCommits(Snapshotter snapshotter, List<String> chain, int first) {
        this.snapshotter = snapshotter;
        this.chain = chain;
        this.next = first;
    }

    /** Takes an unpacked layer over, and commits all that can be; empty for one that is committed already. */
    synchronized void offer(int position, Optional<Layer> layer) {
        ready.put(position, layer);
        while (ready.containsKey(next)) {
            if (ready.get(next).isPresent()) {
                snapshotter.commit(ready.get(next).get(), chain.subList(0, next + 1));
            }
            ready.remove(next);
            next++;
        }
    }

    /** Gives up those whose lower layers never came. */
    @Override
    public synchronized void close() {
        ready.values().forEach(layer -> layer.ifPresent(snapshotter::abandon));
        ready.clear();
    }
}
