package io.holdfast.shim;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.KernelError;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks a monitor, through its control fifo, to open its log file anew, and waits for the new file. */
final class LogReopen {
    /** Kind 2 is "reopen the logs"; the two numbers are a terminal's size and mean nothing here. */
    private static final byte[] MESSAGE = "2 0 0\n".getBytes(StandardCharsets.US_ASCII);

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long FIRST_PAUSE = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private final Kernel kernel;
    private final ContainerFiles files;
    private final Path log;

    LogReopen(Kernel kernel, ContainerFiles files, Path log) {
        this.kernel = kernel;
        this.files = files;
        this.log = log;
    }

    void run() {
        Optional<Object> before = file();
        ask();
        Deadline deadline = Deadline.in(Deadline.remaining(ANSWER));
        long pause = FIRST_PAUSE;
        while (file().isEmpty() || file().equals(before)) {
            if (deadline.passed()) {
                throw new Failure.Unavailable(
                        doing() + ": its monitor (conmon) was asked and made no new file; is it stopped?");
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    private void ask() {
        try {
            int fifo = kernel.openFifo(files.control());
            try {
                kernel.writeAll(fifo, MESSAGE);
            } finally {
                kernel.close(fifo);
            }
        } catch (KernelError refused) {
            throw new Failure.Unavailable(
                    doing() + ": its monitor (conmon) is not there any more: " + refused.getMessage(), refused);
        }
    }

    /** Which file stands under the log's name: its device and inode. */
    private Optional<Object> file() {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(log, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException renamed) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new Failure.Broken(doing() + ": " + failed.getMessage(), failed);
        }
    }

    private String doing() {
        return "container " + files.id() + ": reopening its log " + log;
    }
}
