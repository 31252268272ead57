package io.holdfast.snapshot;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileStatus;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.KernelError;
import io.holdfast.work.Failure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * The directories of a layer that is being unpacked, the last used ones open: most entries stand in the directory of the
 * one before. A path is resolved by the kernel below the layer's root; links in it lead nowhere else.
 *
 * <p>Directories that the archive names only in the paths of others are made, and marked as implied: lower layers may
 * know their true attributes.
 */
final class LayerDirectories implements AutoCloseable {
    private static final String IMPLIED = "trusted.holdfast.implied";
    private static final int MOST_OPEN = 48;
    private static final int IMPLIED_MODE = 0755;

    private final FileTree tree;
    private final LayerUsage usage;
    private final PathSpool implied;
    private final SequencedMap<LayerPath, Directory> open = new LinkedHashMap<>(MOST_OPEN, 0.75f, true);

    LayerDirectories(FileTree tree, LayerUsage usage, PathSpool implied) {
        this.tree = tree;
        this.usage = usage;
        this.implied = implied;
    }

    /** The directory, made if need be with all above it. Open until others are asked for: not to be closed or kept. */
    Directory at(LayerPath path) {
        Directory known = open.get(path);
        return known != null ? known : find(path).orElseGet(() -> make(path));
    }

    /** The directory if it is there. */
    Optional<Directory> find(LayerPath path) {
        Directory known = open.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            return Optional.of(keep(path, tree.directory(path.bytes())));
        } catch (KernelError refused) {
            if (refused.leadsNowhere()) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** Does something with the directory, if one stands there by itself and not by a link. */
    static void within(FileTree tree, LayerPath path, Consumer<Directory> work) {
        try (Directory directory = tree.directoryItself(path.bytes())) {
            work.accept(directory);
        } catch (KernelError refused) {
            if (!refused.leadsNowhere()) {
                throw refused;
            }
        }
    }

    /** Sets the times of a directory, if it is still there. */
    void modified(LayerPath path, Instant time) {
        within(tree, path, directory -> directory.handle().modified(time));
    }

    /** To be called when something was removed or replaced: an open directory may no longer be the one at its path. */
    void forget() {
        open.values().forEach(Directory::close);
        open.clear();
    }

    static boolean isImplied(Directory directory) {
        return directory.handle().attribute(IMPLIED).isPresent();
    }

    static void unmarkImplied(Directory directory) {
        directory.handle().unset(IMPLIED);
    }

    @Override
    public void close() {
        forget();
    }

    /** Makes what is missing, from above: by a loop, since a path may have two thousand names. */
    private Directory make(LayerPath path) {
        Deque<LayerPath> missing = new ArrayDeque<>(List.of(path));
        Optional<Directory> above = find(path.parent());
        while (above.isEmpty()) {
            missing.addFirst(missing.getFirst().parent());
            above = find(missing.getFirst().parent());
        }
        Directory directory = above.get();
        for (LayerPath each : missing) {
            directory = make(directory, each);
        }
        return directory;
    }

    private Directory make(Directory parent, LayerPath path) {
        usage.addInode();
        usage.addDirectory();
        byte[] name = path.nameBytes();
        boolean hidden =
                parent.status(name).map(LayerDirectories::requireWhiteout).orElse(false);
        if (hidden) {
            parent.remove(name);
        }
        parent.makeDirectory(name, IMPLIED_MODE);
        Directory directory = keep(path, parent.child(name));
        directory.handle().mode(IMPLIED_MODE);
        if (hidden) {
            Whiteout.makeOpaque(directory.handle());
        } else {
            directory.handle().set(IMPLIED, new byte[0]);
            implied.add(path, Instant.EPOCH);
        }
        return directory;
    }

    private static boolean requireWhiteout(FileStatus status) {
        if (!Whiteout.is(status)) {
            throw new Failure.Broken("its path leads through a " + status.kind() + " of the same layer");
        }
        return true;
    }

    private Directory keep(LayerPath path, Directory directory) {
        open.put(path, directory);
        if (open.size() > MOST_OPEN) {
            open.pollFirstEntry().getValue().close();
        }
        return directory;
    }
}
