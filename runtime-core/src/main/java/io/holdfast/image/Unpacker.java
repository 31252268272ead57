package io.holdfast.image;

import io.holdfast.content.ContentStore;
import io.holdfast.content.Ingest;
import io.holdfast.snapshot.Layer;
import io.holdfast.snapshot.LayerTar;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import io.holdfast.work.Parallel;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Fetches and unpacks the layers of an image, several at once. A layer is unpacked while its bytes still come in; it is
 * committed once they are whole and of the blob's digest, what came out is of the diffID, and those below are committed.
 */
final class Unpacker {
    private static final int ATTEMPTS = 3;

    private final ContentStore content;
    private final Snapshotter snapshotter;
    private final UnpackLimits limits;
    private final int atOnce;
    private final Failpoints failpoints;

    Unpacker(ContentStore content, Snapshotter snapshotter, UnpackLimits limits, int atOnce, Failpoints failpoints) {
        this.content = content;
        this.snapshotter = snapshotter;
        this.limits = limits;
        this.atOnce = atOnce;
        this.failpoints = failpoints;
    }

    /** All layers are committed on return. Those that are here already are neither fetched nor unpacked. */
    void unpack(Layers layers, LayerFeed feed) {
        List<Layers.One> missing = layers.from(present(layers.chain()));
        if (missing.isEmpty()) {
            return;
        }
        FirstFailure failure = new FirstFailure();
        try (LayerCommits commits =
                new LayerCommits(snapshotter, layers.chain(), missing.getFirst().position())) {
            Parallel.each(missing, atOnce, layer -> {
                try {
                    failure.check();
                    new Work(layer, feed, commits, failure).run();
                } catch (RuntimeException thrown) {
                    throw failure.noted(thrown);
                }
            });
        }
    }

    /** How many of the lowest layers are here without a gap: one in between may have been lost. */
    private int present(List<String> chain) {
        int position = 0;
        while (position < chain.size() && snapshotter.has(chain.get(position))) {
            position++;
        }
        return position;
    }

    /** The work on one layer. */
    private final class Work {
        private final Layers.One layer;
        private final LayerFeed feed;
        private final LayerCommits commits;
        private final FirstFailure pull;

        private Work(Layers.One layer, LayerFeed feed, LayerCommits commits, FirstFailure pull) {
            this.layer = layer;
            this.feed = feed;
            this.commits = commits;
            this.pull = pull;
        }

        /** Tries again where the bytes turned out to be others: those of a host that lied, or that a crash damaged. */
        private void run() {
            for (int attempt = 1; ; attempt++) {
                try (Ingest ingest = content.ingest(layer.blob())) {
                    try {
                        once(ingest);
                        return;
                    } catch (Failure.Broken thrown) {
                        boolean thrownAway =
                                ingest.offset() == 0 && layer.blob().size() > 0;
                        if (attempt == ATTEMPTS || !thrownAway) {
                            throw thrown;
                        }
                    }
                }
            }
        }

        private void once(Ingest ingest) {
            if (snapshotter.has(layer.chainId())) {
                commits.offer(layer.position(), Optional.empty());
                return;
            }
            failpoints.pass("pull.layer.before");
            Layer unpacked = snapshotter.begin(layer.chainId());
            try {
                // Both run to their ends: only whole bytes tell a bad layer from a host that lied about it.
                Parallel.each(List.<Runnable>of(() -> fill(ingest), () -> apply(ingest, unpacked)), 2, Runnable::run);
                failpoints.pass("pull.layer.unpacked");
            } catch (RuntimeException | VirtualMachineError failed) {
                snapshotter.abandon(unpacked);
                throw failed;
            }
            commits.offer(layer.position(), Optional.of(unpacked));
            failpoints.pass("pull.layer.after");
        }

        private void fill(Ingest ingest) {
            try {
                feed.fill(ingest, pull::check);
            } finally {
                ingest.end(); // or else a reader waits for what never comes
            }
        }

        private void apply(Ingest ingest, Layer unpacked) {
            long size = layer.blob().size();
            try (InputStream layerTar = new ReadAhead(() -> Decompressed.of(ingest.follow()), "inflate");
                    InputStream tar = new Bounded(layerTar, limits, size, content.disk())) {
                LayerTar.Applied applied = unpacked.apply(tar);
                if (!applied.diffId().equals(layer.diffId().toString())) {
                    throw new Failure.Broken("it unpacks to " + applied.diffId() + ", but the image's config promises "
                            + layer.diffId() + "; the image is not used");
                }
            } catch (IOException | Failure.Broken failed) {
                throw new Failure.Broken(
                        "unpacking layer " + layer.blob().digest() + ": " + failed.getMessage(), failed);
            }
        }
    }
}
