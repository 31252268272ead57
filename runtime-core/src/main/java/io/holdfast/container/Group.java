package io.holdfast.container;

import io.holdfast.linux.ProcessState;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The control group of one container: the last word on which processes are its own. */
final class Group {
    /** Between two looks at a group whose processes were killed: the kernel tells of no process that is not a child's. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private static final Duration DEATH = Duration.ofSeconds(10);

    private final Containers.Parts parts;
    private final String cgroup;

    Group(Containers.Parts parts, String cgroup) {
        this.parts = parts;
        this.cgroup = cgroup;
    }

    /**
     * Kills what is in the group until nothing is, and answers whether that came to be within the limit. A container
     * that shares its pid namespace leaves processes when its first one ends; new ones may come while old ones die.
     */
    boolean empty(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!parts.cgroup().processes(cgroup).isEmpty()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            parts.cgroup().kill(cgroup, parts.kernel());
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }

    void remove() {
        if (!empty(DEATH)) {
            throw new Failure.Broken("killing what is left in cgroup " + cgroup + ": " + whyAlive());
        }
        parts.cgroup().remove(cgroup);
    }

    /** Says of a process that will not die what it waits for. */
    String whyAlive() {
        Set<Long> pids = parts.cgroup().processes(cgroup);
        Optional<ProcessState> stuck = pids.stream()
                .flatMap(pid -> ProcessState.of(pid).stream())
                .filter(ProcessState::isUninterruptible)
                .findFirst();
        return stuck.map(process -> process + " waits in the kernel and cannot be killed; what it waits for, a file"
                        + " system say, has to answer, or the node be restarted")
                .orElseGet(() -> "of its processes " + pids.size() + " are left after SIGKILL; try again");
    }
}
