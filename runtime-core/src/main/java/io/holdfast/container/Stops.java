package io.holdfast.container;

import io.holdfast.linux.Boot;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops containers. A stop that was begun is on record with the uptime at which it turns to SIGKILL, and is carried out
 * by a thread of its own: a caller that gives up, or a daemon that dies, changes nothing about it.
 */
final class Stops {
    private static final Logger LOG = LoggerFactory.getLogger(Stops.class);
    /** From SIGKILL until the end is on record, the monitor's part included. */
    private static final Duration DEATH = Duration.ofSeconds(15);

    private final Containers.Parts parts;
    private final ContainerTable table;

    Stops(Containers.Parts parts, ContainerTable table) {
        this.parts = parts;
        this.table = table;
    }

    /** Returns when the container has ended. Holds no lock meanwhile. */
    void stop(LiveContainer live, Duration grace) {
        Duration due = Boot.uptime().plus(grace.isNegative() ? Duration.ZERO : grace);
        switch (live.state()) {
            case ContainerState.Running running -> order(live, running.init(), due);
            // What has not begun has nothing to end in good order.
            case ContainerState.Created created -> order(live, created.init(), Boot.uptime());
            case ContainerState.Creating _,
                    ContainerState.Exited _,
                    ContainerState.Unknown _,
                    ContainerState.Undoing _ -> {
                return;
            }
        }
        await(live, due);
    }

    /** Goes on with a stop that a former daemon began, with what is left of its grace. */
    void resume(LiveContainer live, Duration due) {
        switch (live.state()) {
            case ContainerState.Running running -> begin(live, running.init(), due);
            case ContainerState.Created created -> begin(live, created.init(), Boot.uptime());
            case ContainerState.Creating _,
                    ContainerState.Exited _,
                    ContainerState.Unknown _,
                    ContainerState.Undoing _ -> LOG.debug("Container {} has ended: its stop is done", live.id());
        }
    }

    private void order(LiveContainer live, ProcessIdentity init, Duration due) {
        AtomicReference<Optional<Duration>> before = new AtomicReference<>(Optional.empty());
        table.note(live, record -> {
            before.set(record.stopBy());
            boolean sooner = record.stopBy().isEmpty() || record.stopBy().get().compareTo(due) > 0;
            return sooner ? record.stoppingBy(due) : record;
        });
        if (before.get().isEmpty()) {
            begin(live, init, due);
        } else if (before.get().get().compareTo(due) > 0) {
            Thread.ofVirtual().name("stop-" + live.id()).start(() -> enforce(live, init, due));
        }
    }

    private void begin(LiveContainer live, ProcessIdentity init, Duration due) {
        if (left(due).isPositive()) {
            init.signal(
                    parts.kernel(),
                    Signals.parse("stop_signal", live.container().stopSignal()));
        }
        Thread.ofVirtual().name("stop-" + live.id()).start(() -> enforce(live, init, due));
    }

    /** Several of these may wait for one container: the one that is due first kills. */
    private void enforce(LiveContainer live, ProcessIdentity init, Duration due) {
        if (live.awaitEnd(left(due))) {
            return;
        }
        init.signal(parts.kernel(), Kernel.SIGKILL);
        if (!live.awaitEnd(DEATH)) {
            LOG.warn("Container {} does not end: {}", live.id(), whyNot(live, init));
        }
    }

    private void await(LiveContainer live, Duration due) {
        if (live.awaitEnd(Deadline.remaining(left(due).plus(DEATH)))) {
            return;
        }
        String doing = "stopping container " + live.id();
        Deadline.check(doing);
        throw new Failure.Broken(
                doing + ": " + init(live).map(init -> whyNot(live, init)).orElse("it has just ended"));
    }

    private String whyNot(LiveContainer live, ProcessIdentity init) {
        return init.isAlive()
                ? new Group(parts, live.container().cgroup()).whyAlive()
                : "its process has ended, but its monitor does not tell how; try again";
    }

    private static Optional<ProcessIdentity> init(LiveContainer live) {
        return switch (live.state()) {
            case ContainerState.Created created -> Optional.of(created.init());
            case ContainerState.Running running -> Optional.of(running.init());
            case ContainerState.Creating _,
                    ContainerState.Exited _,
                    ContainerState.Unknown _,
                    ContainerState.Undoing _ -> Optional.empty();
        };
    }

    private static Duration left(Duration due) {
        Duration left = due.minus(Boot.uptime());
        return left.isNegative() ? Duration.ZERO : left;
    }
}
