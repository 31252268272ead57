package io.holdfast.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One process, never another that got its pid later: the pid and its start time (field 22 of proc(5)'s stat, in clock
 * ticks since boot). All that is ever stored about a process.
 */
public record ProcessIdentity(long pid, long startTicks) {
    /** The process that has this pid now; empty where there is none or it has ended. */
    public static Optional<ProcessIdentity> of(long pid) {
        return ProcessStat.of(pid).filter(stat -> !stat.ended()).map(ProcessStat::identity);
    }

    public boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Whether it is in our own mount namespace, as helpers of the node are and containers are not. */
    public boolean sharesMounts() {
        try {
            Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/mnt")).equals(ours);
        } catch (IOException ended) {
            return false;
        }
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
}
