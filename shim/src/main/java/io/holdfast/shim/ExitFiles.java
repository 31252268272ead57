package io.holdfast.shim;

import io.holdfast.container.Exit;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The exit codes that monitors write once they have drained the output. The monitor ends right after, so that its end
 * says that the file is there or never will be.
 */
final class ExitFiles {
    /** For a monitor that is stopped or hangs on a full disk. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int UNKNOWN = 255;

    private final ProcessWatch watch;
    private final Conmon conmon;

    ExitFiles(ProcessWatch watch, Conmon conmon) {
        this.watch = watch;
        this.conmon = conmon;
    }

    /** How a container ended whose first process is known to be dead; waits for its monitor to say so. */
    Exit await(ContainerFiles files) {
        CountDownLatch over = new CountDownLatch(1);
        Optional<ProcessIdentity> monitor = conmon.monitor(files);
        monitor.ifPresentOrElse(process -> watch.onExit(process, over::countDown), over::countDown);
        Deadline deadline = Deadline.in(PATIENCE);
        Optional<Exit> exit = read(files);
        while (exit.isEmpty() && !passed(over) && !deadline.passed()) {
            exit = read(files);
        }
        // It may have been written between the last look and the monitor's end.
        return exit.or(() -> read(files)).orElseGet(() -> unknown(why(files, over.getCount() == 0)));
    }

    /** An exit whose code nobody knows. */
    static Exit unknown(String why) {
        return new Exit(UNKNOWN, Instant.now(), Optional.of(why));
    }

    /** What the exit file says; empty where it is not there or holds no exit code. */
    private static Optional<Exit> read(ContainerFiles files) {
        return ContainerFiles.text(files.exit())
                .map(String::strip)
                .filter(digits -> digits.matches("[0-9]{1,3}"))
                .map(Integer::parseInt)
                .filter(code -> code <= UNKNOWN)
                .map(code -> new Exit(code, written(files), Optional.empty()));
    }

    private static Instant written(ContainerFiles files) {
        try {
            return Files.getLastModifiedTime(files.exit()).toInstant();
        } catch (NoSuchFileException removed) {
            return Instant.now();
        } catch (IOException failed) {
            throw new Failure.Broken("reading " + files.exit() + ": " + failed.getMessage(), failed);
        }
    }

    private static String why(ContainerFiles files, boolean monitorEnded) {
        String who = "the monitor (conmon) " + (monitorEnded ? "ended without a word" : "does not answer");
        String found = ContainerFiles.text(files.exit())
                .map(text -> "its exit file says \"" + text.strip() + "\"")
                .orElse("it left no exit file");
        return who + ": " + found + ", so that the exit code is lost";
    }

    /** Waits a moment for it. */
    private static boolean passed(CountDownLatch over) {
        try {
            return over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable("interrupted while waiting for an exit: the daemon is stopping", interrupted);
        }
    }
}
