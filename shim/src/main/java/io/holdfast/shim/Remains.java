package io.holdfast.shim;

import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The processes of a container, found by its cgroup, and their end. */
final class Remains {
    private static final Duration END = Duration.ofSeconds(10);
    private static final String THAWED = "THAWED";

    private final Machine machine;

    Remains(Machine machine) {
        this.machine = machine;
    }

    /** Kills every process in the group and waits until none is left; success where there is no such group. */
    void kill(String group) {
        check(group);
        Deadline deadline = Deadline.in(Deadline.remaining(END));
        thaw(group);
        List<ProcessIdentity> left = alive(group);
        while (!left.isEmpty()) {
            left.forEach(process -> process.signal(machine.kernel(), Kernel.SIGKILL));
            left.forEach(process ->
                    machine.watch().awaitExit(process, Deadline.bound(deadline, () -> Deadline.remaining(END))));
            left = alive(group);
            if (deadline.passed() && !left.isEmpty()) {
                throw new Failure.Unavailable("cgroup " + group + ": processes "
                        + left.stream().map(ProcessIdentity::pid).toList()
                        + " do not die; they hang in the kernel, on a dead disk or mount perhaps");
            }
        }
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
