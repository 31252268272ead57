package io.holdfast.snapshot;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileStatus;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.FreshThread;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.OverlayMount;
import io.holdfast.metadata.Database;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Layers as lower directories of overlayfs, snapshots as upper ones.
 *
 * <p>Mounts have {@code index=off}: layers are shared by many mounts, and an index would only refuse what is right. They
 * have no {@code userxattr}: we are root, and unpacked layers speak to overlayfs by {@code trusted.overlay.} attributes,
 * which no image can set. A root without layers is no overlay at all but a plain directory, bound.
 */
public final class OverlaySnapshotter implements Snapshotter {
    /** What stands for a mount's device in /proc/mounts. */
    static final String SOURCE = "holdfast";

    private static final Logger LOG = LoggerFactory.getLogger(OverlaySnapshotter.class);

    private final Kernel kernel;
    private final SnapshotDirectories directories;
    private final SnapshotRecords records;
    private final OverlayMount overlay;

    /** Takes charge of the directory, and removes from it what no record names. */
    public OverlaySnapshotter(Kernel kernel, Path root, Database database) {
        this.kernel = kernel;
        this.records = new SnapshotRecords(database);
        this.directories = new SnapshotDirectories(kernel, root, records.numbers());
        this.overlay = OverlayMount.probe(kernel, root);
        records.forgetLayersBut(directories::exists);
        if (records.complete()) {
            directories.discardAllBut(records.numbers());
        } else {
            LOG.warn("Some records of snapshots cannot be read: no directory in {} is taken for garbage", root);
        }
    }

    @Override
    public boolean has(String chainId) {
        return records.layers().contains(chainId);
    }

    @Override
    public Set<String> layers() {
        return records.layers();
    }

    @Override
    public Layer begin(String purpose) {
        long number = directories.make();
        return new Layer(kernel, number, purpose, directories.files(number));
    }

    @Override
    public void commit(Layer layer, List<String> chain) {
        List<String> below = chain.subList(0, chain.size() - 1);
        boolean added = !has(chain.getLast()) && commit(layer, chain.getLast(), below);
        if (!added) {
            abandon(layer);
        }
    }

    @Override
    public void abandon(Layer layer) {
        directories.discard(layer.number());
    }

    @Override
    public void removeLayer(String chainId) {
        records.removeLayer(chainId).ifPresent(layer -> directories.discard(layer.number()));
    }

    @Override
    public void prepare(String key, List<String> chain) {
        add(key, new Snapshot.Active(0, chain));
    }

    @Override
    public void view(String key, List<String> chain) {
        add(key, new Snapshot.View(0, chain));
    }

    @Override
    public void mount(String key, Path target) {
        Snapshot snapshot = snapshot(key);
        if (isMounted(target)) {
            return;
        }
        List<String> lower = records.visible(SnapshotRecords.chain(snapshot)).stream()
                .map(layer -> layer.number() + "/" + SnapshotDirectories.FILES)
                .toList();
        boolean writable = snapshot instanceof Snapshot.Active;
        if (lower.isEmpty()) {
            bind(directories.files(snapshot.number()), target, writable);
        } else if (lower.size() == 1 && !writable) {
            bind(directories.root().resolve(lower.getFirst()), target, false);
        } else {
            overlay.mount(SOURCE, new OverlayMount.Stack(lower, upper(snapshot)), target);
        }
    }

    @Override
    public void unmount(Path target) {
        kernel.unmount(target);
    }

    @Override
    public void removeSnapshot(String key) {
        records.removeSnapshot(key).ifPresent(snapshot -> directories.discard(snapshot.number()));
    }

    @Override
    public Set<String> snapshots() {
        return records.snapshots();
    }

    @Override
    public Usage usage(String key) {
        Path files = directories.files(snapshot(key).number());
        return FreshThread.call("usage-" + key, () -> DiskUsage.of(kernel, files));
    }

    @Override
    public Usage total() {
        return records.usageOfLayers();
    }

    /** The record is the last to be written: with it, everything is on the disk. False where another was sooner. */
    private boolean commit(Layer layer, String chainId, List<String> below) {
        List<Path> lower = records.visible(below).stream()
                .map(each -> directories.files(each.number()))
                .toList();
        FreshThread.run("commit-" + layer.number(), () -> {
            layer.tar().inherit(lower);
            kernel.syncFilesystem(layer.directory());
        });
        Optional<String> parent = below.isEmpty() ? Optional.empty() : Optional.of(below.getLast());
        return records.addLayer(
                chainId,
                new Snapshot.Committed(
                        layer.number(), parent, layer.usage(), layer.tar().hidesAll()));
    }

    private void add(String key, Snapshot wanted) {
        List<String> chain = SnapshotRecords.chain(wanted);
        Optional<Snapshot> known = records.snapshot(key);
        if (known.isPresent()) {
            requireSame(key, known.get(), wanted);
            return;
        }
        List<Snapshot.Committed> visible = records.visible(chain);
        Snapshot made = numbered(wanted, directories.makeWritable());
        Snapshot recorded = directories.orDiscard(made.number(), () -> {
            dressRoot(made.number(), visible);
            return records.addSnapshot(key, made, chain);
        });
        if (!recorded.equals(made)) {
            directories.discard(made.number());
            requireSame(key, recorded, wanted);
        }
    }

    private static void requireSame(String key, Snapshot known, Snapshot wanted) {
        if (!numbered(known, wanted.number()).equals(wanted)) {
            throw new Failure.AlreadyExists("preparing snapshot " + key + ": it stands on other layers already");
        }
    }

    private static Snapshot numbered(Snapshot snapshot, long number) {
        return switch (snapshot) {
            case Snapshot.Active active -> new Snapshot.Active(number, active.chain());
            case Snapshot.View view -> new Snapshot.View(number, view.chain());
            case Snapshot.Committed layer ->
                new Snapshot.Committed(number, layer.parent(), layer.usage(), layer.hidesAll());
        };
    }

    /** The root of an overlay has the owner and mode of its upper directory: they have to be those of the image's. */
    private void dressRoot(long number, List<Snapshot.Committed> visible) {
        if (visible.isEmpty()) {
            return;
        }
        Path top = directories.files(visible.getFirst().number());
        try (FileTree image = FileTree.open(kernel, top);
                FileTree own = FileTree.open(kernel, directories.files(number));
                Directory from = image.root();
                Directory to = own.root()) {
            FileStatus status = from.handle().status();
            to.handle().own(status.uid(), status.gid());
            to.handle().mode(status.permissions());
        }
    }

    private static Optional<OverlayMount.Upper> upper(Snapshot snapshot) {
        return snapshot instanceof Snapshot.Active active
                ? Optional.of(new OverlayMount.Upper(
                        active.number() + "/" + SnapshotDirectories.FILES,
                        active.number() + "/" + SnapshotDirectories.WORK))
                : Optional.empty();
    }

    private void bind(Path source, Path target, boolean writable) {
        kernel.bind(source, target);
        if (!writable) {
            kernel.mount("none", target, "none", Kernel.MS_REMOUNT | Kernel.MS_BIND | Kernel.MS_RDONLY, "");
        }
    }

    private boolean isMounted(Path target) {
        try (FileTree tree = FileTree.open(kernel, target);
                Directory root = tree.root()) {
            return root.handle().status().mounted();
        }
    }

    private Snapshot snapshot(String key) {
        return records.snapshot(key).orElseThrow(() -> new Failure.NotFound("snapshot " + key + " is not here"));
    }
}
