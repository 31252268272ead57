package io.holdfast.shim;

import io.holdfast.container.OciRuntime.ExecResult;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.Poll;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Waits for one exec to end, on one platform thread: it reads both outputs and watches the runtime's process at once.
 *
 * <p>A program can end while a background process that it has started keeps the output open. crun ends then, and what
 * is still written is read for a moment. runc goes on until the output is closed, and since only its end tells the exit
 * code, that background process is killed after the same moment.
 */
final class ExecRun {
    private static final Duration FOREVER = Duration.ofDays(365);
    /** How long output may come after the program's end. */
    private static final Duration DRAIN = Duration.ofSeconds(1);
    /** After which a look at the processes is worth its while: most programs have ended by then. */
    private static final Duration LOOK = Duration.ofMillis(500);
    /** How long the runtime may take to end after its program was killed. */
    private static final Duration RUNTIME_END = Duration.ofSeconds(2);

    /** What has been killed. */
    private enum Killed {
        NOTHING,
        PROGRAM,
        RUNTIME
    }

    private final Machine machine;
    private final Descriptors descriptors;
    private final ExecChannels channels;
    private final ExecProcesses processes;
    private final int runtimeEnd;

    private OptionalInt programEnd = OptionalInt.empty();
    private boolean runtimeEnded;
    private boolean programEnded;
    private boolean quiet;
    private Killed killed = Killed.NOTHING;
    private boolean late;
    private Deadline limit = Deadline.in(FOREVER);
    private Deadline drained = Deadline.in(FOREVER);
    private Deadline look = Deadline.in(LOOK);

    /** The runtime of these processes has just been spawned. */
    ExecRun(Machine machine, Descriptors descriptors, ExecChannels channels, ExecProcesses processes) {
        this.machine = machine;
        this.descriptors = descriptors;
        this.channels = channels;
        this.processes = processes;
        this.runtimeEnd =
                descriptors.own(machine.kernel().pidfd(processes.runtime()).orElseThrow());
    }

    /**
     * The program's end, or its being killed at the limit.
     *
     * @throws Failure.TimedOut at the limit; also where there was no memory in time for what it wrote
     */
    ExecResult result(Duration most) {
        limit = Deadline.in(most);
        while (!finished()) {
            step(Poll.readable(machine.kernel(), watched(), untilNext()));
        }
        int exitCode = processes.reap();
        String time = "within " + most.toMillis() + " ms";
        if (channels.cut()) {
            throw new Failure.TimedOut("other programs' output had all the memory there is for it, so that the"
                    + " program's could not be read " + time + "; let it write less than 1 MiB, or try again");
        }
        if (late) {
            throw new Failure.TimedOut("the program did not end " + time + " and was killed");
        }
        return new ExecResult(exitCode, channels.stdout(), channels.stderr());
    }

    /** What was written before the limit is read, although it has passed meanwhile. */
    private boolean finished() {
        return runtimeEnded && (late || channels.ended() || drained.passed() || quiet && limit.passed());
    }

    private List<Integer> watched() {
        List<Integer> watched = new ArrayList<>(channels.open().toList());
        if (!runtimeEnded) {
            watched.add(runtimeEnd);
        }
        programEnd.ifPresent(watched::add);
        return watched;
    }

    private Duration untilNext() {
        Deadline next = sooner(limit, drained);
        return (looking() ? sooner(next, look) : next).left();
    }

    private void step(Set<Integer> ready) {
        channels.read(ready);
        quiet = ready.isEmpty();
        if (ready.contains(runtimeEnd)) {
            runtimeEnded = true;
            drained = sooner(drained, Deadline.in(DRAIN));
        } else if (runtimeEnded) {
            return;
        } else if (limit.passed() || drained.passed()) {
            stop();
        } else if (programEnd.isPresent() && ready.contains(programEnd.getAsInt()) || looking() && look.passed()) {
            look();
        }
    }

    private boolean looking() {
        return !runtimeEnded && !programEnded && programEnd.isEmpty();
    }

    /** Finds the program in order to learn of its end; where it has ended already, only its output can be left. */
    private void look() {
        Kernel kernel = machine.kernel();
        programEnd.ifPresent(descriptors::close);
        programEnd = processes.program().map(found -> found.open(kernel)).orElseGet(OptionalInt::empty);
        programEnd.ifPresent(descriptors::own);
        programEnded = programEnd.isEmpty() && processes.outputIsHeld();
        drained = programEnded ? Deadline.in(DRAIN) : drained;
        look = Deadline.in(LOOK);
    }

    /** Kills what is left of the program, so that the runtime ends; if it does not, the runtime; and then gives up. */
    private void stop() {
        switch (killed) {
            case NOTHING -> {
                late = processes.program().isPresent() || !processes.outputIsHeld();
                killed = Killed.PROGRAM;
                if (!processes.kill() && late) {
                    killRuntime();
                }
            }
            case PROGRAM -> killRuntime();
            case RUNTIME ->
                throw new Failure.TimedOut("it was killed and has not ended since: it hangs in the kernel, on a dead"
                        + " disk or mount perhaps");
        }
        limit = Deadline.in(RUNTIME_END);
        drained = Deadline.in(FOREVER);
    }

    /** How the program ended nobody can tell any more. */
    private void killRuntime() {
        late = true;
        killed = Killed.RUNTIME;
        machine.kernel().killGroup(processes.runtime());
    }

    private static Deadline sooner(Deadline one, Deadline other) {
        return one.left().compareTo(other.left()) <= 0 ? one : other;
    }
}
