package io.holdfast.shim;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessStat;
import io.holdfast.work.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one exec among all of its container's: the children of the runtime's own process and theirs, whoever
 * is in a session or group that one of them leads (the runtime makes the program a session leader, and a session
 * outlives a change of parent), and whoever has the exec's output open. Never a process outside the container's cgroup, whoever
 * was handed the output. Closing it sees to the end of an exec that was given up.
 */
final class ExecProcesses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExecProcesses.class);
    /** For all of them: one that waits in the kernel does not die at all. */
    private static final Duration DEATH = Duration.ofSeconds(1);
    /** For each of them before all are killed again: whoever is dying may have started another. */
    private static final Duration ROUND = Duration.ofMillis(100);
    /** How long an exec that was given up is tried to be killed where even that fails, and how often. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration AGAIN = Duration.ofMillis(200);

    private final Machine machine;
    private final String group;
    private final int runtime;
    private final Kin kin = new Kin();
    private boolean reaped;

    ExecProcesses(Machine machine, String group, int runtime) {
        this.machine = machine;
        this.group = group;
        this.runtime = runtime;
    }

    int runtime() {
        return runtime;
    }

    /** The program itself; empty where it is not started yet or has ended. */
    Optional<ProcessIdentity> program() {
        return members().stream()
                .filter(process -> process.parent() == runtime)
                .map(ProcessStat::identity)
                .findFirst();
    }

    /** Whether anybody but the runtime has the output open. */
    boolean outputIsHeld() {
        Set<String> outputs = outputs();
        return members().stream().anyMatch(process -> holds(process, outputs));
    }

    /** Kills all of them, and says whether there were any. */
    boolean kill() {
        Set<String> outputs = outputs();
        List<ProcessIdentity> victims = victims(outputs);
        Deadline deadline = Deadline.in(DEATH);
        while (!victims.isEmpty()) {
            victims.forEach(process -> process.signal(machine.kernel(), Kernel.SIGKILL));
            victims.forEach(process ->
                    machine.watch().awaitExit(process, Deadline.bound(deadline, () -> Deadline.remaining(ROUND))));
            victims = deadline.passed() ? List.of() : victims(outputs);
        }
        return !kin.isEmpty();
    }

    /** The exit code of the runtime, which has ended. */
    int reap() {
        reaped = true;
        return machine.subprocess().awaitExit(runtime);
    }

    /** Whatever is not over is ended in the background: it may hang in the kernel, or descriptors be short. */
    @Override
    public void close() {
        if (!reaped) {
            reaped = true;
            Thread.ofVirtual().name("exec-end-" + runtime).start(this::end);
        }
    }

    /** The program first: by its runtime it is known. */
    private void end() {
        Deadline deadline = Deadline.in(PATIENCE);
        while (!killed(deadline)) {
            LockSupport.parkNanos(AGAIN.toNanos());
        }
        machine.subprocess().abandon(runtime);
    }

    private boolean killed(Deadline deadline) {
        try {
            kill();
            return true;
        } catch (RuntimeException failed) {
            if (deadline.passed()) {
                LOG.warn("Cgroup {}: a program of an exec that was given up may run on", group, failed);
            }
            return deadline.passed();
        }
    }

    private List<ProcessIdentity> victims(Set<String> outputs) {
        return kin.among(members(), process -> process.parent() == runtime || holds(process, outputs));
    }

    private List<ProcessStat> members() {
        return machine.cgroup().processes(group).stream()
                .map(ProcessStat::of)
                .flatMap(Optional::stream)
                .filter(process -> !process.ended())
                .toList();
    }

    /** The pipes that the runtime has open: those to us, and those that it has put between the program and itself. */
    private Set<String> outputs() {
        return pipes(runtime);
    }

    private boolean holds(ProcessStat process, Set<String> outputs) {
        return pipes(process.identity().pid()).stream().anyMatch(outputs::contains);
    }

    private static Set<String> pipes(long pid) {
        Set<String> pipes = new HashSet<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                target(descriptor).filter(name -> name.startsWith("pipe:")).ifPresent(pipes::add);
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException ended) {
            return Set.of();
        }
        return pipes;
    }

    private static Optional<String> target(Path descriptor) {
        try {
            return Optional.of(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException closed) {
            return Optional.empty();
        }
    }
}
