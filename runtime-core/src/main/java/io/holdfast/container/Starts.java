package io.holdfast.container;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.time.Instant;

/**
 * Starts containers. That a start was begun is on record before the process runs, so that a daemon that dies in between
 * finishes it and reports the true time.
 */
final class Starts {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration DEATH = Duration.ofSeconds(10);

    private final Containers.Parts parts;
    private final ContainerTable table;
    private final Exits exits;

    Starts(Containers.Parts parts, ContainerTable table, Exits exits) {
        this.parts = parts;
        this.table = table;
        this.exits = exits;
    }

    void start(LiveContainer live) {
        live.exclusively(() -> {
            if (!(live.state() instanceof ContainerState.Created created)) {
                throw new Failure.WrongState("starting container " + live.id() + ": it is "
                        + live.state().getClass().getSimpleName() + " and can only be started once");
            }
            Instant now = Instant.now();
            Instant at = now.isBefore(created.at()) ? created.at() : now;
            table.change(live, record -> record.starting(at));
            run(live, created, at);
            return live;
        });
    }

    /** Finishes a start that a former daemon began. */
    void resume(LiveContainer live) {
        if (live.state() instanceof ContainerState.Created created
                && created.init().isAlive()) {
            live.record().starting().ifPresent(at -> Deadline.own(LONGEST, () -> run(live, created, at)));
        }
    }

    private void run(LiveContainer live, ContainerState.Created created, Instant at) {
        try {
            parts.handler(live.container().handler()).start(live.id());
            parts.failpoints().pass("start.after");
            table.change(live, record -> record.with(created.started(at)));
        } catch (RuntimeException failed) {
            try {
                giveUp(live, created, failed);
            } catch (RuntimeException left) {
                failed.addSuppressed(left);
            }
            throw failed;
        }
    }

    /** Only a dead process may be called one that never ran. */
    private void giveUp(LiveContainer live, ContainerState.Created created, RuntimeException failed) {
        ProcessIdentity init = created.init();
        init.signal(parts.kernel(), Kernel.SIGKILL);
        if (parts.watch().awaitExit(init, DEATH)) {
            exits.startFailed(live, created, String.valueOf(failed.getMessage()));
        } else {
            failed.addSuppressed(new Failure.Broken("its process does not end: "
                    + new Group(parts, live.container().cgroup()).whyAlive()));
        }
    }
}
