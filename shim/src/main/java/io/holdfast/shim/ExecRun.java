package io.holdfast.shim;

import io.holdfast.container.OciRuntime.Exec;
import io.holdfast.container.OciRuntime.ExecResult;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.KernelError;
import io.holdfast.linux.Poll;
import io.holdfast.linux.Spawn;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One exec, from its start to its end, on one platform thread: it reads both outputs and waits for the runtime's
 * process at once. The runtime reads the process object from, and writes its log to, files in memory, so that nothing
 * is on disk and nothing stays.
 *
 * <p>A program can end while a background process that it has started keeps the output open. crun ends then, and what
 * is still written is read for a moment. runc goes on until the output is closed, and since only its end tells the exit
 * code, that background process is killed after the same moment.
 */
final class ExecRun implements AutoCloseable {
    static final String PROCESS_OBJECT = "/proc/self/fd/3";
    static final String LOG = "/proc/self/fd/4";

    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");
    private static final Duration FOREVER = Duration.ofDays(365);
    /** How long output may come after the program's end. */
    private static final Duration DRAIN = Duration.ofSeconds(1);
    /** After which a look at the processes is worth its while: most programs have ended by then. */
    private static final Duration LOOK = Duration.ofMillis(500);
    /** How long the runtime may take to end after its program was killed. */
    private static final Duration RUNTIME_END = Duration.ofSeconds(2);

    private static final int MOST_LOG = 1 << 16;

    private final Machine machine;
    private final Capture stdout;
    private final Capture stderr;
    private final int processObject;
    private final int log;
    private final int runtime;
    private final int runtimeEnd;
    private final ExecProcesses processes;
    private final String limited;

    private OptionalInt programEnd = OptionalInt.empty();
    private boolean runtimeEnded;
    private boolean programEnded;
    private boolean stopped;
    private boolean late;
    private Deadline limit;
    private Deadline drained = Deadline.in(FOREVER);
    private Deadline look = Deadline.in(LOOK);

    /** Starts it. */
    ExecRun(Machine machine, String group, List<String> argv, Exec exec) {
        Kernel kernel = machine.kernel();
        Duration most = Deadline.remaining(exec.limit().orElse(FOREVER));
        this.machine = machine;
        this.limit = Deadline.in(most);
        this.limited = most.toMillis() + " ms";
        this.processObject =
                kernel.memoryFile("process.json", exec.processJson().getBytes(StandardCharsets.UTF_8));
        this.log = kernel.memoryFile("log", new byte[0]);
        this.stdout = new Capture(kernel, exec.outputCap());
        this.stderr = new Capture(kernel, exec.outputCap());
        this.runtime = spawn(argv);
        this.runtimeEnd = kernel.pidfd(runtime).orElseThrow();
        this.processes = new ExecProcesses(machine, group, runtime);
    }

    /** Waits for its end. */
    ExecResult result() {
        while (!finished()) {
            step(Poll.readable(machine.kernel(), watched(), untilNext()));
        }
        int exitCode = machine.subprocess().awaitExit(runtime);
        if (late) {
            throw new Failure.TimedOut("the program did not end within " + limited + " and was killed");
        }
        return new ExecResult(exitCode, stdout.kept(), stderr.kept());
    }

    /** What the runtime itself had to say. */
    String log() {
        return new String(machine.kernel().contentOf(log, MOST_LOG), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Kernel kernel = machine.kernel();
        programEnd.ifPresent(kernel::close);
        kernel.close(runtimeEnd);
        kernel.close(processObject);
        kernel.close(log);
        stdout.close();
        stderr.close();
    }

    private int spawn(List<String> argv) {
        List<OptionalInt> descriptors = List.of(
                OptionalInt.empty(),
                OptionalInt.of(stdout.pipe().writeEnd()),
                OptionalInt.of(stderr.pipe().writeEnd()),
                OptionalInt.of(processObject),
                OptionalInt.of(log));
        try {
            return new Spawn(argv, ENVIRONMENT, descriptors, Path.of("/")).start(machine.kernel());
        } catch (KernelError refused) {
            throw new Failure.Unavailable("starting the runtime: " + refused.getMessage(), refused);
        } finally {
            stdout.pipe().closeWrite();
            stderr.pipe().closeWrite();
        }
    }

    private boolean finished() {
        boolean heard = stdout.ended() && stderr.ended() || drained.passed() || limit.passed();
        return runtimeEnded && heard;
    }

    private List<Integer> watched() {
        List<Integer> watched = new ArrayList<>();
        if (!stdout.ended()) {
            watched.add(stdout.pipe().readEnd());
        }
        if (!stderr.ended()) {
            watched.add(stderr.pipe().readEnd());
        }
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
        if (ready.contains(stdout.pipe().readEnd())) {
            stdout.read();
        }
        if (ready.contains(stderr.pipe().readEnd())) {
            stderr.read();
        }
        if (ready.contains(runtimeEnd)) {
            runtimeEnded = true;
            drained = sooner(drained, Deadline.in(DRAIN));
        } else if (programEnd.isPresent() && ready.contains(programEnd.getAsInt()) || looking() && look.passed()) {
            look();
        } else if (limit.passed()) {
            stop();
        } else if (drained.passed()) {
            stop();
        }
    }

    private boolean looking() {
        return !runtimeEnded && !programEnded && programEnd.isEmpty();
    }

    /** Finds the program in order to learn of its end; where it has ended already, only its output can be left. */
    private void look() {
        Kernel kernel = machine.kernel();
        programEnd.ifPresent(kernel::close);
        programEnd = processes.program().map(found -> found.open(kernel)).orElseGet(OptionalInt::empty);
        programEnded = programEnd.isEmpty() && processes.outputIsHeld();
        drained = programEnded ? Deadline.in(DRAIN) : drained;
        look = Deadline.in(LOOK);
    }

    /** Once kills what is left of the program, so that the runtime ends; and if it does not, the runtime as well. */
    private void stop() {
        if (runtimeEnded) {
            return;
        }
        if (!stopped) {
            stopped = true;
            late = processes.program().isPresent() || !programEnded && !processes.outputIsHeld();
            if (!processes.kill()) {
                machine.kernel().killGroup(runtime);
            }
        } else {
            machine.kernel().killGroup(runtime);
        }
        limit = Deadline.in(RUNTIME_END);
        drained = Deadline.in(FOREVER);
    }

    private static Deadline sooner(Deadline one, Deadline other) {
        return one.left().compareTo(other.left()) <= 0 ? one : other;
    }
}
