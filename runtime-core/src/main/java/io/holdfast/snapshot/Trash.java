package io.holdfast.snapshot;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where directories go to be removed: gone from their place at once, and from the disk as fast as it can, which for a
 * layer of many files may be a minute. What a daemon leaves here, the next one removes.
 */
final class Trash {
    private static final Logger LOG = LoggerFactory.getLogger(Trash.class);
    private static final int THREADS = 2;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMillis(250);

    private final Kernel kernel;
    private final Path directory;
    private final ExecutorService reclaimers;

    Trash(Kernel kernel, Path directory) {
        this.kernel = kernel;
        this.directory = directory;
        this.reclaimers = reclaimers();
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failed) {
            throw new Failure.Broken("making " + directory + ": " + failed.getMessage(), failed);
        }
    }

    /**
     * Takes a directory, which has a name of its own. Success where it is gone. Waits a little for it to be off the
     * disk, so that what is small is gone on return.
     */
    void take(Path path) {
        if (moveIn(path)) {
            await(reclaimers.submit(() -> reclaim(path.getFileName().toString())));
        }
    }

    /** Takes a directory, and does not wait. */
    void takeUnawaited(Path path) {
        if (moveIn(path)) {
            reclaimers.execute(() -> reclaim(path.getFileName().toString()));
        }
    }

    /** Begins to remove what another daemon has left. */
    void empty() {
        try (Stream<Path> entries = Files.list(directory)) {
            entries.map(entry -> entry.getFileName().toString())
                    .forEach(name -> reclaimers.execute(() -> reclaim(name)));
        } catch (IOException failed) {
            throw new Failure.Broken("listing " + directory + ": " + failed.getMessage(), failed);
        }
    }

    private static ExecutorService reclaimers() {
        ThreadFactory threads = Thread.ofPlatform().daemon().name("trash-", 1).factory();
        ThreadPoolExecutor reclaimers = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        reclaimers.allowCoreThreadTimeOut(true);
        return reclaimers;
    }

    private boolean moveIn(Path path) {
        try {
            Files.move(path, directory.resolve(path.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException failed) {
            throw new Failure.Broken("moving " + path + " to the trash: " + failed.getMessage(), failed);
        }
    }

    private void reclaim(String name) {
        try (FileTree tree = FileTree.open(kernel, directory);
                Directory root = tree.root()) {
            root.remove(name.getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException failed) {
            LOG.warn("Removing {}/{} did not end: {}; the next start goes on", directory, name, failed.getMessage());
        }
    }

    private static void await(Future<?> reclaimed) {
        try {
            reclaimed.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            LOG.debug("A large directory is still being removed");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("reclaiming reports its own failures", impossible);
        }
    }
}
