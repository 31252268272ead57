package io.holdfast.snapshot;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileStatus;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.KernelError;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Counts what a tree takes on the disk, by going through it while others change it. It ends after a number of files, and
 * at a depth, that no sensible container has: what lies beyond is not counted.
 */
final class DiskUsage {
    private static final long BLOCK = 512;
    private static final int MOST_INODES = 500_000;
    private static final int DEEPEST = 200;

    private final Set<Long> linked = new HashSet<>();
    private long bytes;
    private long inodes;

    private DiskUsage() {}

    /** Blocks: for a platform thread. */
    static Usage of(Kernel kernel, Path directory) {
        DiskUsage usage = new DiskUsage();
        try (FileTree tree = FileTree.open(kernel, directory);
                Directory root = tree.root()) {
            usage.add(root.handle().status());
            usage.addAll(root, 0);
        }
        return new Usage(usage.bytes, usage.inodes);
    }

    private void addAll(Directory directory, int depth) {
        for (byte[] name : directory.names()) {
            if (inodes >= MOST_INODES) {
                return;
            }
            Optional<FileStatus> status = directory.status(name);
            status.ifPresent(this::add);
            if (depth < DEEPEST && status.filter(FileStatus::isDirectory).isPresent()) {
                enter(directory, name, depth + 1);
            }
        }
    }

    private void enter(Directory above, byte[] name, int depth) {
        try (Directory directory = above.child(name)) {
            addAll(directory, depth);
        } catch (KernelError gone) {
            if (!gone.leadsNowhere()) {
                throw gone;
            }
        }
    }

    private void add(FileStatus status) {
        if (status.links() == 1 || status.isDirectory() || linked.add(status.inode())) {
            bytes += status.blocks() * BLOCK;
            inodes++;
        }
    }
}
