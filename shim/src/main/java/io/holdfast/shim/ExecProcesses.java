package io.holdfast.shim;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessStat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The processes of one exec among all of its container's: the children of the runtime's own process and theirs, whoever
 * is in a session that one of them leads (the runtime makes the program a session leader, and a session outlives a
 * change of parent), and whoever has the exec's output open. Never a process outside the container's cgroup, whoever
 * was handed the output.
 */
final class ExecProcesses {
    private static final Duration DEATH = Duration.ofSeconds(1);
    /** Each round kills whatever the last one's victims had started meanwhile. */
    private static final int MOST_ROUNDS = 50;

    private final Machine machine;
    private final String group;
    private final int runtime;
    private final Set<Long> ours = new HashSet<>();

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
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<ProcessStat> all = members();
            all.stream().filter(process -> holds(process, outputs)).forEach(this::add);
            addDescendants(all);
            List<ProcessIdentity> victims = all.stream()
                    .filter(process -> ours.contains(process.identity().pid()))
                    .map(ProcessStat::identity)
                    .toList();
            if (victims.isEmpty()) {
                break;
            }
            victims.forEach(process -> process.signal(machine.kernel(), Kernel.SIGKILL));
            victims.forEach(process -> machine.watch().awaitExit(process, DEATH));
        }
        return !ours.isEmpty();
    }

    private void addDescendants(List<ProcessStat> all) {
        boolean grown = true;
        while (grown) {
            grown = all.stream()
                            .filter(process -> process.parent() == runtime
                                    || ours.contains(process.parent())
                                    || ours.contains(process.session()))
                            .filter(this::add)
                            .count()
                    > 0;
        }
    }

    private boolean add(ProcessStat process) {
        return ours.add(process.identity().pid());
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
