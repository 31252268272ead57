package io.holdfast.linux;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs helper programs to their end. Output goes into memory files that cannot grow beyond the cap, so that no thread
 * reads along and a grandchild that keeps stdout open delays nothing.
 */
public final class Subprocess {
    private static final int SIGNALED = 0x7f;
    private static final int SIGNAL_BASE = 128;
    private static final Duration KILLED = Duration.ofSeconds(10);
    private static final Duration REAP_AGAIN = Duration.ofMillis(100);

    /**
     * How a program ended.
     *
     * @param exitCode its exit code, or 128 and the signal that ended it
     * @param truncated whether it wrote up to the cap, so that the rest is lost
     */
    public record Output(int exitCode, byte[] stdout, byte[] stderr, boolean truncated) {
        public boolean ok() {
            return exitCode == 0;
        }

        public String out() {
            return new String(stdout, StandardCharsets.UTF_8);
        }

        public String err() {
            return new String(stderr, StandardCharsets.UTF_8);
        }
    }

    private final Kernel kernel;
    private final ProcessWatch watch;

    public Subprocess(Kernel kernel, ProcessWatch watch) {
        this.kernel = kernel;
        this.watch = watch;
    }

    /**
     * Runs the command and answers how it ended, whatever its exit code.
     *
     * @throws Failure.TimedOut at the command's limit or the caller's deadline; its process group is dead then
     * @throws Failure.Unavailable where the program cannot be started
     */
    public Output run(Command command) {
        List<Integer> ours = new ArrayList<>();
        try {
            ours.add(kernel.memoryFile("stdin", command.stdin()));
            ours.add(kernel.cappedFile("stdout", command.outputCap()));
            ours.add(kernel.cappedFile("stderr", command.outputCap()));
            int exitCode = exitCode(ended(command, start(command, ours)));
            byte[] stdout = written(ours.get(1), command.outputCap());
            byte[] stderr = written(ours.get(2), command.outputCap());
            boolean truncated = Math.max(stdout.length, stderr.length) >= command.outputCap();
            return new Output(exitCode, stdout, stderr, truncated);
        } finally {
            ours.forEach(kernel::close);
        }
    }

    /**
     * Runs the command with /dev/null for all three of stdin, stdout and stderr, so that what it leaves running holds
     * nothing of ours, and answers its exit code.
     *
     * @throws Failure.TimedOut at the command's limit or the caller's deadline; its process group is dead then
     * @throws Failure.Unavailable where the program cannot be started
     */
    public int runSilently(Command command) {
        return exitCode(ended(command, start(command, List.of())));
    }

    /**
     * Reaps a child that has ended or is about to: its exit code, or 128 and the signal.
     *
     * @throws Failure.TimedOut where it does not end; it is abandoned then
     */
    public int awaitExit(int pid) {
        OptionalInt ended = kernel.reap(pid);
        OptionalInt status = ended.isPresent() ? ended : awaited(pid, KILLED);
        if (status.isEmpty()) {
            abandon(pid);
            throw new Failure.TimedOut(
                    "process " + pid + " does not end; it hangs in the kernel, on a dead disk perhaps");
        }
        return exitCode(status.getAsInt());
    }

    /** Kills a child's group and reaps the child whenever it ends. Works also where no descriptor is to be had. */
    public void abandon(int pid) {
        kernel.killGroup(pid);
        Thread.ofVirtual().name("reap-" + pid).start(() -> {
            while (kernel.reap(pid).isEmpty()) {
                LockSupport.parkNanos(REAP_AGAIN.toNanos());
            }
        });
    }

    private int start(Command command, List<Integer> descriptors) {
        try {
            List<OptionalInt> standard =
                    descriptors.stream().map(OptionalInt::of).toList();
            return new Spawn(command.argv(), command.environment(), standard, command.directory()).start(kernel);
        } catch (KernelError refused) {
            throw new Failure.Unavailable(
                    "starting " + command.argv().getFirst() + ": " + refused.getMessage() + "; is it installed?",
                    refused);
        }
    }

    private int ended(Command command, int pid) {
        Duration limit = Deadline.remaining(command.limit());
        OptionalInt status = awaited(pid, limit);
        if (status.isPresent()) {
            return status.getAsInt();
        }
        kernel.killGroup(pid);
        if (awaited(pid, KILLED).isEmpty()) {
            abandon(pid);
        }
        throw new Failure.TimedOut(command.program() + " did not end within " + limit.toMillis()
                + " ms and was killed: " + String.join(" ", command.argv()));
    }

    /** The wait status of a child that ends within the limit; one that cannot be watched is abandoned. */
    private OptionalInt awaited(int pid, Duration limit) {
        try {
            return watch.awaitChild(pid, limit) ? kernel.reap(pid) : OptionalInt.empty();
        } catch (KernelError unwatched) {
            abandon(pid);
            throw unwatched;
        }
    }

    /** The file's position is the helper's too, who can put it anywhere. */
    private byte[] written(int fd, int cap) {
        return kernel.contentOf(fd, (int) Math.min(kernel.position(fd), cap));
    }

    private static int exitCode(int status) {
        int signal = status & SIGNALED;
        return signal == 0 ? (status >> 8) & 0xff : SIGNAL_BASE + signal;
    }
}
