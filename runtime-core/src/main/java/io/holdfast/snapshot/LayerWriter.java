package io.holdfast.snapshot;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileAttributes;
import io.holdfast.linux.FileHandle;
import io.holdfast.linux.FileStatus;
import io.holdfast.linux.KernelError;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Writes the entries of one archive below one directory. */
final class LayerWriter implements AutoCloseable {
    private static final int DIRECTORY_MODE = 0700;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int FIFO = 0010000;

    private final LayerDirectories directories;
    private final PathSpool times;
    private final FileContent content;
    private final LayerUsage usage;
    private boolean rootNamed;
    private boolean hidesAll;

    LayerWriter(LayerDirectories directories, FileContent content, LayerUsage usage, PathSpool times) {
        this.directories = directories;
        this.content = content;
        this.usage = usage;
        this.times = times;
    }

    /** Puts one entry in its place; its content is read from the reader. */
    void put(TarEntry entry, TarReader reader) {
        LayerPath path = LayerPath.parse(entry.name());
        if (path.isRoot()) {
            putRoot(entry);
        } else if (path.isOpaqueMarker()) {
            hideBelow(path.parent());
        } else if (path.isWhiteout() && !path.isAufsMarker()) {
            hide(path.hidden());
        } else if (entry.kind() == TarEntry.Kind.CHARACTER_DEVICE
                && entry.device().equals(Whiteout.DEVICE)) {
            hide(path);
        } else if (!path.isAufsMarker()) {
            usage.addInode();
            write(path, entry, reader);
        }
    }

    /** Sets the times of directories, which everything that was put into them has changed. */
    void finish() {
        times.drain(directories::modified);
    }

    /** Whether the archive itself says what attributes the layer's root has. */
    boolean isRootNamed() {
        return rootNamed;
    }

    /** Whether the archive says that nothing of the layers below is to be seen. */
    boolean hidesAll() {
        return hidesAll;
    }

    @Override
    public void close() {
        times.close();
    }

    private void write(LayerPath path, TarEntry entry, TarReader reader) {
        switch (entry.kind()) {
            case FILE -> creating(path, parent -> writeFile(parent, path, entry, reader));
            case HARD_LINK -> link(path, LayerPath.parse(entry.link()));
            case SYMLINK -> creating(path, parent -> writeSymlink(parent, path, entry));
            case CHARACTER_DEVICE -> creating(path, parent -> writeNode(parent, path, entry, CHARACTER_DEVICE));
            case BLOCK_DEVICE -> creating(path, parent -> writeNode(parent, path, entry, BLOCK_DEVICE));
            case FIFO -> creating(path, parent -> writeNode(parent, path, entry, FIFO));
            case DIRECTORY -> writeDirectory(path, entry);
        }
    }

    /** What makes something under a name at which nothing stands. */
    private interface Creation {
        void in(Directory parent);
    }

    /** Makes something; what an entry before it has put there, or hidden, gives way. */
    private void creating(LayerPath path, Creation creation) {
        try {
            creation.in(directories.at(path.parent()));
        } catch (KernelError refused) {
            if (!refused.isPresent()) {
                throw refused;
            }
            clear(path);
            creation.in(directories.at(path.parent()));
        }
    }

    private void clear(LayerPath path) {
        directories.at(path.parent()).remove(path.nameBytes());
        directories.forget();
    }

    private void writeFile(Directory parent, LayerPath path, TarEntry entry, TarReader reader) {
        try (FileHandle file = parent.create(path.nameBytes())) {
            content.write(entry, reader, file);
            file.set(AttributePolicy.admitted(entry));
        }
    }

    private void writeSymlink(Directory parent, LayerPath path, TarEntry entry) {
        byte[] target = entry.link().getBytes(StandardCharsets.ISO_8859_1);
        if (target.length == 0 || target.length > LayerLimits.PATH_BYTES) {
            throw new Failure.Broken("it is a symbolic link to a path of " + target.length + " bytes");
        }
        parent.makeSymlink(path.nameBytes(), target);
        parent.set(path.nameBytes(), AttributePolicy.admitted(entry), true);
    }

    private void writeNode(Directory parent, LayerPath path, TarEntry entry, int type) {
        FileAttributes attributes = AttributePolicy.admitted(entry);
        parent.makeNode(path.nameBytes(), type, entry.device());
        parent.set(path.nameBytes(), attributes, false);
    }

    private void writeDirectory(LayerPath path, TarEntry entry) {
        usage.addDirectory();
        boolean hidden = makeDirectory(path);
        Directory directory = directories.at(path);
        directory.handle().set(AttributePolicy.admitted(entry));
        if (hidden) {
            Whiteout.makeOpaque(directory.handle());
        }
        times.add(path, entry.attributes().modified());
    }

    /** Makes a directory where none is, and says whether what lower layers have under its name is hidden. */
    private boolean makeDirectory(LayerPath path) {
        byte[] name = path.nameBytes();
        Directory parent = directories.at(path.parent());
        Optional<FileStatus> before = parent.status(name);
        if (before.filter(FileStatus::isDirectory).isPresent()) {
            LayerDirectories.unmarkImplied(directories.at(path));
            return false;
        }
        if (before.isPresent()) {
            clear(path);
            parent = directories.at(path.parent());
        }
        parent.makeDirectory(name, DIRECTORY_MODE);
        return before.filter(Whiteout::is).isPresent();
    }

    private void putRoot(TarEntry entry) {
        if (entry.kind() != TarEntry.Kind.DIRECTORY) {
            throw new Failure.Broken("it has the name of the layer's root, and is no directory");
        }
        directories.at(LayerPath.ROOT).handle().set(AttributePolicy.admitted(entry));
        times.add(LayerPath.ROOT, entry.attributes().modified());
        rootNamed = true;
    }

    /** A link to what only a lower layer has cannot be made: layers are unpacked each on its own. */
    private void link(LayerPath path, LayerPath existing) {
        if (path.equals(existing)) {
            throw new Failure.Broken("it is a hard link to itself");
        }
        requireLinkable(existing);
        creating(path, parent -> {
            Directory of = directories.find(existing.parent()).orElseThrow(() -> unlinkable(existing));
            parent.makeLink(path.nameBytes(), of, existing.nameBytes());
        });
    }

    private void requireLinkable(LayerPath existing) {
        directories
                .find(existing.parent())
                .flatMap(parent -> parent.status(existing.nameBytes()))
                .filter(status -> !Whiteout.is(status) && !status.isDirectory())
                .orElseThrow(() -> unlinkable(existing));
    }

    private static Failure.Broken unlinkable(LayerPath existing) {
        return new Failure.Broken("it is a hard link to " + existing + ", which is no file of the same layer");
    }

    /** Hides what lower layers have under this name. What this layer has under it is shown, and nothing of theirs in it. */
    private void hide(LayerPath path) {
        usage.addInode();
        byte[] name = path.nameBytes();
        Directory parent = directories.at(path.parent());
        Optional<FileStatus> own = parent.status(name);
        if (own.isEmpty()) {
            parent.makeNode(name, Whiteout.NODE_MODE, Whiteout.DEVICE);
        } else if (own.get().isDirectory()) {
            Whiteout.makeOpaque(directories.at(path).handle());
        }
    }

    private void hideBelow(LayerPath path) {
        if (path.isRoot()) {
            hidesAll = true;
        } else {
            Whiteout.makeOpaque(directories.at(path).handle());
        }
    }
}
