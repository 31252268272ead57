package io.holdfast.shim;

import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessStat;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The processes of a container and their end. Its own are found by its cgroup; those that make it, its monitor and a
 * create of the runtime's, by the pid file that they were told to write.
 */
final class Remains {
    private static final Duration END = Duration.ofSeconds(10);
    private static final Duration MAKERS_END = Duration.ofSeconds(3);
    private static final String THAWED = "THAWED";

    private final Machine machine;

    Remains(Machine machine) {
        this.machine = machine;
    }

    /** Kills every process in the group and waits until none is left; success where there is no such group. */
    void kill(String group) {
        check(group);
        thaw(group);
        kill("cgroup " + group, Deadline.in(Deadline.remaining(END)), () -> alive(group));
    }

    /**
     * Kills the container's monitor and a create that is under way, also one that a killed daemon has left. Takes its
     * own time: the caller's may have been spent on waiting for them.
     */
    void killMakers(ContainerFiles files) {
        Kin makers = new Kin();
        String pidFile = files.initPid().toString();
        kill(
                "container " + files.id(),
                Deadline.in(MAKERS_END),
                () -> makers.among(ProcessStat.living(), process -> names(process.identity(), pidFile)));
    }

    /** What a process was started with; nothing where it has ended. */
    static List<String> arguments(ProcessIdentity process) {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            return List.of(new String(line, StandardCharsets.UTF_8).split("\0"));
        } catch (IOException ended) {
            return List.of();
        }
    }

    private void kill(String whose, Deadline deadline, Supplier<List<ProcessIdentity>> alive) {
        List<ProcessIdentity> left = alive.get();
        while (!left.isEmpty()) {
            left.forEach(process -> process.signal(machine.kernel(), Kernel.SIGKILL));
            left.forEach(process ->
                    machine.watch().awaitExit(process, Deadline.bound(deadline, () -> Deadline.remaining(END))));
            left = alive.get();
            if (deadline.passed() && !left.isEmpty()) {
                throw new Failure.Unavailable(whose + ": processes "
                        + left.stream().map(ProcessIdentity::pid).toList()
                        + " do not die; they hang in the kernel, on a dead disk or mount perhaps");
            }
        }
    }

    /** Not one of a pod's, which may have any arguments. */
    private static boolean names(ProcessIdentity process, String pidFile) {
        return process.sharesMounts()
                && arguments(process).stream()
                        .anyMatch(argument -> argument.equals(pidFile) || argument.endsWith("=" + pidFile));
    }

    private List<ProcessIdentity> alive(String group) {
        Set<Long> pids = machine.cgroup().processes(group);
        if (pids.contains(ProcessHandle.current().pid())) {
            throw new Failure.Broken("cgroup " + group + ": the daemon itself is in it; nothing in it is killed");
        }
        return pids.stream().map(ProcessIdentity::of).flatMap(Optional::stream).toList();
    }

    /** A mistaken group would take the machine down. */
    private static void check(String group) {
        if (!group.startsWith("/") || group.strip().length() < 2 || group.contains("..")) {
            throw new Failure.Invalid("cgroup \"" + group + "\": must be an absolute path below the root");
        }
    }

    /** A process that is frozen by the v1 freezer does not die before it is thawed. */
    private void thaw(String group) {
        if (machine.cgroup().unified()) {
            return;
        }
        machine.cgroup()
                .directory("freezer", group)
                .map(directory -> directory.resolve("freezer.state"))
                .filter(state -> Cgroup.read(state)
                        .filter(text -> !text.strip().equals(THAWED))
                        .isPresent())
                .ifPresent(Remains::writeThawed);
    }

    private static void writeThawed(Path state) {
        try {
            Files.writeString(state, THAWED);
        } catch (IOException failed) {
            throw new Failure.Broken("thawing " + state + ": " + failed.getMessage(), failed);
        }
    }
}
