package io.holdfast.image;

import io.holdfast.linux.Kernel;
import io.holdfast.metadata.Database;
import io.holdfast.registry.Patience;
import io.holdfast.registry.Proxies;
import io.holdfast.registry.Registries;
import io.holdfast.snapshot.OverlaySnapshotter;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.work.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Images on a real snapshotter, a real database and a real disk, all below one directory. */
final class ImageRig implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Path root;
    private final Database database;
    private final Snapshotter snapshotter;
    private final Images images;

    private ImageRig(Path root, Images.Settings settings, Failpoints failpoints) {
        this.root = root;
        this.database = Database.open(root.resolve("holdfast.db"), failpoints);
        this.snapshotter = new OverlaySnapshotter(new Kernel(), root.resolve("snapshots"), database);
        Patience patience = new Patience(SOON, SOON, SOON, SOON, 1, Duration.ofMillis(10));
        Registries registries =
                new Registries(() -> Optional.of(root.resolve("certs.d")), patience, Proxies.of(Map.of()));
        this.images = new Images(settings, registries, snapshotter, database, failpoints);
    }

    static ImageRig open(Path root) {
        return open(root, Failpoints.none());
    }

    static ImageRig open(Path root, Failpoints failpoints) {
        return new ImageRig(root, Images.Settings.usual(root.resolve("content")), failpoints);
    }

    static ImageRig open(Path root, Images.Settings settings) {
        return new ImageRig(root, settings, Failpoints.none());
    }

    Images images() {
        return images;
    }

    Snapshotter snapshotter() {
        return snapshotter;
    }

    Image pull(String reference) {
        return images.pull(new PullRequest(reference, Credentials.NONE));
    }

    /** The files of a root made of the image, by path. */
    Map<String, String> rootOf(Image image) {
        Path target = root.resolve("mnt");
        snapshotter.prepare("test", image.chain());
        try {
            Files.createDirectories(target);
            snapshotter.mount("test", target);
            return files(target);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            snapshotter.unmount(target);
            snapshotter.removeSnapshot("test");
        }
    }

    /** What is staged or stored, by name. */
    List<String> content() {
        return List.copyOf(files(root.resolve("content")).keySet());
    }

    /** Directories of layers and snapshots, whoever knows of them. */
    List<String> snapshotDirectories() {
        try (Stream<Path> entries = Files.list(root.resolve("snapshots"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("[0-9]+"))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        images.close();
        database.close();
    }

    private static Map<String, String> files(Path directory) {
        Map<String, String> files = new java.util.TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                byte[] content = Files.readAllBytes(file);
                files.put(
                        directory.relativize(file).toString(),
                        content.length > 100
                                ? content.length + " bytes"
                                : new String(content, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return files;
    }
}
