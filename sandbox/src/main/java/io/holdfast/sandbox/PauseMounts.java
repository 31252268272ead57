package io.holdfast.sandbox;

import io.holdfast.oci.Bundle;
import io.holdfast.snapshot.Snapshotter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mounted roots of pause images. Sandboxes share them and none holds them, so that a root which the configuration or
 * its image's name has left behind goes at the first start at which no sandbox runs on it.
 */
public final class PauseMounts {
    /** What the keys of their snapshots begin with, and the names of their mount points. */
    static final String KEY = "pause-";

    private static final Logger LOG = LoggerFactory.getLogger(PauseMounts.class);

    private final Snapshotter snapshotter;
    private final SandboxPaths paths;

    public PauseMounts(Snapshotter snapshotter, SandboxPaths paths) {
        this.snapshotter = snapshotter;
        this.paths = paths;
    }

    /** Before the first sandbox is made. What will not go is left for the next start. */
    public void releaseUnused() {
        List<String> mounted = snapshotter.snapshots().stream()
                .filter(key -> key.startsWith(KEY))
                .toList();
        if (mounted.isEmpty()) {
            return;
        }
        try {
            Set<String> used = used();
            mounted.stream()
                    .filter(key ->
                            !used.contains(paths.pauseMounts().resolve(key).toString()))
                    .forEach(this::release);
        } catch (IOException | UncheckedIOException failed) {
            LOG.warn("Which roots of pause images are in use cannot be found; all are kept", failed);
        }
    }

    private void release(String key) {
        Path target = paths.pauseMounts().resolve(key);
        try {
            snapshotter.unmount(target);
            snapshotter.removeSnapshot(key);
            Files.deleteIfExists(target);
            LOG.info("The root {} of a pause image, which no sandbox runs on, is gone", key);
        } catch (IOException | RuntimeException failed) {
            LOG.warn("The root {} of a pause image cannot be released", key, failed);
        }
    }

    /** The roots that the bundles of all sandboxes name. */
    private Set<String> used() throws IOException {
        if (!Files.isDirectory(paths.directories())) {
            return Set.of();
        }
        try (Stream<Path> all = Files.list(paths.directories())) {
            return all.map(directory -> paths.bundle(directory.getFileName().toString()))
                    .flatMap(bundle -> Bundle.find(bundle).stream())
                    .map(spec -> spec.root().path())
                    .collect(Collectors.toSet());
        }
    }
}
