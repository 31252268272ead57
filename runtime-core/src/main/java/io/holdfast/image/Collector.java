package io.holdfast.image;

import io.holdfast.content.ContentStore;
import io.holdfast.content.Digest;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.work.Failure;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes layers and content that no image, no lease and no snapshot needs: marks, then sweeps one thing after the
 * other, each looked at again at its turn, when no lease can be written.
 */
final class Collector {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

    private final Catalog catalog;
    private final Leases leases;
    private final ContentStore content;
    private final Snapshotter snapshotter;
    /** What was here when not every image could be read, and so may be of one that could not. */
    private final Set<String> perhapsKept = new HashSet<>();

    Collector(Catalog catalog, Leases leases, ContentStore content, Snapshotter snapshotter) {
        this.catalog = catalog;
        this.leases = leases;
        this.content = content;
        this.snapshotter = snapshotter;
        if (!catalog.isComplete()) {
            content.digests().forEach(digest -> perhapsKept.add(digest.toString()));
            perhapsKept.addAll(snapshotter.layers());
            LOG.warn(
                    "Some records of images cannot be read: until those are pulled again, or a version of Holdfast runs"
                            + " that can read them, nothing that is here now is taken for garbage");
        }
    }

    /** Removes all that can go. What is in use goes in a later sweep. */
    synchronized void sweep() {
        leases.expire();
        Set<String> here = new HashSet<>();
        content.digests().forEach(digest -> here.add(digest.toString()));
        here.removeAll(neededContent());
        here.forEach(this::removeContent);
        boolean any = true;
        while (any) {
            any = sweepLayers(); // a layer that others stood on may be free now
        }
    }

    private boolean sweepLayers() {
        Set<String> layers = new HashSet<>(snapshotter.layers());
        layers.removeAll(neededLayers());
        boolean any = false;
        for (String layer : layers) {
            any |= leases.exclusively(() -> !neededLayers().contains(layer) && removeUnused(layer));
        }
        return any;
    }

    private void removeContent(String digest) {
        leases.exclusively(() -> {
            boolean needed = neededContent().contains(digest);
            if (!needed) {
                content.remove(Digest.parse(digest));
            }
            return needed;
        });
    }

    private boolean removeUnused(String layer) {
        try {
            snapshotter.removeLayer(layer);
            return true;
        } catch (Failure.WrongState _) {
            return false; // a snapshot or another layer stands on it
        }
    }

    private Set<String> neededContent() {
        Set<String> needed = catalog.content();
        needed.addAll(leases.content());
        needed.addAll(perhapsKept());
        return needed;
    }

    private Set<String> neededLayers() {
        Set<String> needed = catalog.layers();
        needed.addAll(leases.layers());
        needed.addAll(perhapsKept());
        return needed;
    }

    private Set<String> perhapsKept() {
        return catalog.isComplete() ? Set.of() : perhapsKept;
    }
}
