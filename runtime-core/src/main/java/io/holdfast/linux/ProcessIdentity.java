package io.holdfast.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One process, never another that got its pid later: the pid and its start time (field 22 of proc(5)'s stat, in clock
 * ticks since boot). All that is ever stored about a process.
 */
public record ProcessIdentity(long pid, long startTicks) {
    private static final int STATE = 0;
    private static final int START_TICKS = 19;

    /** The process that has this pid now; empty where there is none or it is a zombie. */
    public static Optional<ProcessIdentity> of(long pid) {
        return stat(pid).filter(fields -> !ended(fields)).map(fields -> new ProcessIdentity(pid, start(fields)));
    }

    public boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** A pidfd of this very process, or empty where it has ended. */
    public OptionalInt open(Kernel kernel) {
        OptionalInt pidfd = kernel.pidfd(pid);
        if (pidfd.isPresent() && !isAlive()) {
            kernel.close(pidfd.getAsInt());
            return OptionalInt.empty();
        }
        return pidfd;
    }

    /** Sends a signal to this very process; false where it has ended. */
    public boolean signal(Kernel kernel, int signal) {
        OptionalInt pidfd = open(kernel);
        if (pidfd.isEmpty()) {
            return false;
        }
        try {
            return kernel.signalByPidfd(pidfd.getAsInt(), signal);
        } finally {
            kernel.close(pidfd.getAsInt());
        }
    }

    private static boolean ended(String[] fields) {
        return fields[STATE].equals("Z") || fields[STATE].equals("X");
    }

    private static long start(String[] fields) {
        return Long.parseLong(fields[START_TICKS]);
    }

    /** The fields after the command's name, which may itself hold spaces and parentheses. */
    private static Optional<String[]> stat(long pid) {
        try {
            String line = new String(
                    Files.readAllBytes(Path.of("/proc/" + pid + "/stat")),
                    java.nio.charset.StandardCharsets.ISO_8859_1);
            return Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failed) {
            if (String.valueOf(failed.getMessage()).contains("No such process")) {
                return Optional.empty();
            }
            throw new UncheckedIOException(failed);
        }
    }
}
