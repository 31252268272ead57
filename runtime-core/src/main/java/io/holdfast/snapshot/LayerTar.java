package io.holdfast.snapshot;

import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.KernelError;
import io.holdfast.work.Failure;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Unpacks one image layer, a tar archive as the OCI image-spec's layer.md has it, into a directory that becomes a lower
 * directory of overlayfs. Whatever the archive says, nothing outside that directory is made, changed or read.
 *
 * <p>A layer is unpacked without those below it. What depends on them is settled by {@link #inherit}: the attributes of
 * directories that the archive has files in but does not name.
 */
public final class LayerTar {
    private final Kernel kernel;
    private final Path directory;
    private final LayerLimits limits;
    private final PathSpool implied;
    private boolean rootNamed;
    private boolean hidesAll;

    /**
     * What was unpacked.
     *
     * @param diffId the digest of the archive as it was read, padding included: {@code sha256:} and 64 digits
     * @param bytes what its files take on the disk
     */
    public record Applied(String diffId, long bytes, long inodes) {}

    /** The directory is there and empty; files of our own beside it have its name and a suffix. */
    LayerTar(Kernel kernel, Path directory, LayerLimits limits) {
        this.kernel = kernel;
        this.directory = directory;
        this.limits = limits;
        this.implied = new PathSpool(beside("implied"));
    }

    /**
     * Unpacks the archive, and reads it to its end. Blocks: for a platform thread. What the archive must not say, and
     * what the disk refuses, is a {@link Failure.Broken} that names the entry; the directory is of no use then.
     */
    public Applied apply(InputStream archive) {
        ArchiveStream stream = new ArchiveStream(archive, limits.archiveBytes());
        LayerUsage usage = new LayerUsage(limits);
        try (implied;
                FileTree tree = FileTree.open(kernel, directory);
                LayerDirectories directories = new LayerDirectories(tree, usage, implied);
                PathSpool times = new PathSpool(beside("times"))) {
            LayerWriter writer = new LayerWriter(directories, new FileContent(limits, usage), usage, times);
            unpack(new TarReader(stream, limits), writer);
            writer.finish();
            rootNamed = writer.isRootNamed();
            hidesAll = writer.hidesAll();
        }
        stream.drain();
        return new Applied(stream.digest(), usage.total().bytes(), usage.total().inodes());
    }

    /** Whether the archive says that nothing of the layers below is to be seen. */
    boolean hidesAll() {
        return hidesAll;
    }

    /** Gives directories that the archive does not name the attributes that they have in the layers below, topmost first. */
    void inherit(List<Path> below) {
        List<FileTree> trees = new ArrayList<>();
        try (FileTree own = FileTree.open(kernel, directory)) {
            below.forEach(each -> trees.add(FileTree.open(kernel, each)));
            InheritedAttributes inherited = new InheritedAttributes(trees);
            if (!rootNamed) {
                inherited
                        .of(LayerPath.ROOT)
                        .ifPresent(attributes -> LayerDirectories.within(
                                own, LayerPath.ROOT, root -> root.handle().set(attributes)));
            }
            implied.drain((path, _) -> settle(own, path, inherited));
        } finally {
            trees.forEach(FileTree::close);
        }
    }

    private void unpack(TarReader reader, LayerWriter writer) {
        Optional<TarEntry> entry = reader.next();
        while (entry.isPresent()) {
            put(entry.get(), reader, writer);
            entry = reader.next();
        }
    }

    private static void put(TarEntry entry, TarReader reader, LayerWriter writer) {
        try {
            writer.put(entry, reader);
        } catch (KernelError refused) {
            throw broken(entry, refused.isNoSpace() ? "; free space or inodes there, or remove images" : "", refused);
        } catch (Failure.Broken hostile) {
            throw broken(entry, "", hostile);
        }
    }

    private static Failure.Broken broken(TarEntry entry, String remedy, RuntimeException why) {
        String name = LayerPath.printable(entry.name());
        return new Failure.Broken("unpacking " + name + " of an image layer: " + why.getMessage() + remedy, why);
    }

    /** A directory that was replaced since, or was named after all, has no mark any more. */
    private static void settle(FileTree own, LayerPath path, InheritedAttributes inherited) {
        LayerDirectories.within(own, path, directory -> {
            if (LayerDirectories.isImplied(directory)) {
                LayerDirectories.unmarkImplied(directory);
                inherited.of(path).ifPresent(directory.handle()::set);
            }
        });
    }

    private Path beside(String suffix) {
        return directory.resolveSibling(directory.getFileName() + "." + suffix);
    }
}
