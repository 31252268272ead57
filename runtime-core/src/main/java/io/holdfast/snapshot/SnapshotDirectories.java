package io.holdfast.snapshot;

import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The directories of layers and snapshots: {@code <number>/fs} with the files, {@code <number>/work} for overlayfs. */
final class SnapshotDirectories {
    static final String FILES = "fs";
    static final String WORK = "work";

    private static final String TRASH = "trash";
    private static final String NUMBER = "[1-9][0-9]{0,17}";

    private final Path root;
    private final Trash trash;
    private final AtomicLong last = new AtomicLong();

    /** The numbers on record are never given away again, whether their directories are there or not. */
    SnapshotDirectories(Kernel kernel, Path root, Set<Long> recorded) {
        this.root = root;
        this.trash = new Trash(kernel, root.resolve(TRASH));
        Stream.of(numbersIn(root), numbersIn(root.resolve(TRASH)), recorded)
                .flatMap(Set::stream)
                .forEach(number -> last.accumulateAndGet(number, Math::max));
    }

    Path root() {
        return root;
    }

    Path files(long number) {
        return directory(number).resolve(FILES);
    }

    boolean exists(long number) {
        return Files.isDirectory(files(number));
    }

    /** Makes an empty directory of a number that none has had, and says which. */
    long make() {
        return whole(this::makeFiles);
    }

    /** As {@link #make}, with a working directory for overlayfs. A power loss may take it, and takes who would use it. */
    long makeWritable() {
        return whole(number -> {
            makeFiles(number);
            make(directory(number).resolve(WORK), "rwx------");
        });
    }

    /** Removes a directory. Success where it is gone. */
    void discard(long number) {
        trash.take(directory(number));
    }

    /** Does what may fail to a directory that has no record yet: if it does, the directory goes. */
    <T> T orDiscard(long number, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | VirtualMachineError failed) {
            try {
                discard(number);
            } catch (RuntimeException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
    }

    /** Removes what has no record, and no mount; does not wait for it. */
    void discardAllBut(Set<Long> recorded) {
        trash.empty();
        Set<Long> mounted = mounted();
        numbersIn(root).stream()
                .filter(number -> !recorded.contains(number) && !mounted.contains(number))
                .forEach(number -> trash.takeUnawaited(directory(number)));
    }

    private Set<Long> mounted() {
        try {
            return MountReferences.below(root);
        } catch (IOException failed) {
            throw new Failure.Broken("reading this machine's mounts: " + failed.getMessage(), failed);
        }
    }

    private Path directory(long number) {
        return root.resolve(Long.toString(number));
    }

    private long whole(LongConsumer making) {
        long number = last.incrementAndGet();
        return orDiscard(number, () -> {
            making.accept(number);
            return number;
        });
    }

    private void makeFiles(long number) {
        make(directory(number), "rwx------");
        make(files(number), "rwxr-xr-x");
    }

    private static void make(Path directory, String mode) {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        } catch (IOException failed) {
            throw new Failure.Broken(
                    "making " + directory + " for a layer or a container: " + failed.getMessage(), failed);
        }
    }

    private static Set<Long> numbersIn(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches(NUMBER))
                    .map(Long::valueOf)
                    .collect(Collectors.toSet());
        } catch (IOException failed) {
            throw new Failure.Broken("listing " + directory + ": " + failed.getMessage(), failed);
        }
    }
}
