package io.holdfast.snapshot;

import io.holdfast.linux.Directory;
import io.holdfast.linux.DurableFile;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.FreshThread;
import io.holdfast.linux.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of layers and snapshots: {@code <number>/fs} with the files, {@code <number>/work} for overlayfs, and
 * {@code trash}, from where they are removed piece by piece after they have gone from their place at once.
 */
final class SnapshotDirectories {
    static final String FILES = "fs";
    static final String WORK = "work";

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotDirectories.class);
    private static final String NUMBER = "[1-9][0-9]{0,17}";
    private static final Pattern MOUNTED = Pattern.compile("(?<![^/:=,])(" + NUMBER + ")/(?:fs|work)\\b");

    private final Kernel kernel;
    private final Path root;
    private final Path trash;
    private final AtomicLong last = new AtomicLong();

    SnapshotDirectories(Kernel kernel, Path root) {
        this.kernel = kernel;
        this.root = root;
        this.trash = root.resolve("trash");
        try {
            Files.createDirectories(
                    trash, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failed) {
            throw new UncheckedIOException("making " + trash, failed);
        }
        Stream.of(root, trash).flatMap(this::numbersIn).forEach(number -> last.accumulateAndGet(number, Math::max));
    }

    Path root() {
        return root;
    }

    Path files(long number) {
        return root.resolve(Long.toString(number)).resolve(FILES);
    }

    /** Makes an empty directory of a number that none has had, and says which. */
    long make() {
        long number = last.incrementAndGet();
        try {
            Path files = files(number);
            Files.createDirectories(files.getParent());
            Files.createDirectory(
                    files, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            return number;
        } catch (IOException failed) {
            throw new UncheckedIOException("making a snapshot's directory", failed);
        }
    }

    /** As {@link #make}, with a working directory for overlayfs, and there after a power loss. */
    long makeWritable() {
        long number = make();
        try {
            Files.createDirectory(root.resolve(Long.toString(number)).resolve(WORK));
        } catch (IOException failed) {
            throw new UncheckedIOException("making a snapshot's directory", failed);
        }
        DurableFile.syncDirectory(root.resolve(Long.toString(number)));
        DurableFile.syncDirectory(root);
        return number;
    }

    /** Removes a directory: out of its place at once, then from the disk. Success where it is gone. */
    void discard(long number) {
        if (toTrash(number)) {
            FreshThread.run("discard-" + number, () -> reclaim(Long.toString(number)));
        }
    }

    /** Removes what has no record, and no mount: what can last is left to a thread of its own. */
    void discardAllBut(Set<Long> recorded) {
        Set<Long> mounted = mounted();
        numbersIn(root)
                .filter(number -> !recorded.contains(number) && !mounted.contains(number))
                .forEach(this::toTrash);
        Thread.ofPlatform().name("snapshot-trash").daemon().start(this::emptyTrash);
    }

    private boolean toTrash(long number) {
        String name = Long.toString(number);
        try {
            Files.move(root.resolve(name), trash.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException failed) {
            throw new UncheckedIOException("removing snapshot directory " + number, failed);
        }
    }

    private void emptyTrash() {
        try {
            numbersIn(trash).forEach(number -> reclaim(Long.toString(number)));
        } catch (RuntimeException failed) {
            LOG.warn("Emptying {} did not end: {}; what is left goes at the next start", trash, failed.getMessage());
        }
    }

    private void reclaim(String name) {
        try (FileTree tree = FileTree.open(kernel, trash);
                Directory directory = tree.root()) {
            directory.remove(name.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private Stream<Long> numbersIn(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches(NUMBER))
                    .map(Long::valueOf)
                    .toList()
                    .stream();
        } catch (IOException failed) {
            throw new UncheckedIOException("listing " + directory, failed);
        }
    }

    /**
     * The numbers that mounts of ours name, in whatever words. After the loss of the database they are all that is known
     * of the file systems of running containers.
     */
    private Set<Long> mounted() {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            return Set.copyOf(
                    mounts.filter(line -> line.contains(OverlaySnapshotter.SOURCE) || line.contains(root + "/"))
                            .flatMap(line -> MOUNTED.matcher(line).results())
                            .map(found -> Long.valueOf(found.group(1)))
                            .distinct()
                            .toList());
        } catch (IOException failed) {
            throw new UncheckedIOException("reading the mounts", failed);
        }
    }
}
