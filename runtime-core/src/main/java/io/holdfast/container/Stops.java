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
    /** Between two attempts at a signal, for which descriptors may be wanting. */
    private static final Duration AGAIN = Duration.ofMillis(200);

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
            case ContainerState.Unknown _ -> {
                kill(live);
                return;
            }
            case ContainerState.Creating _, ContainerState.Exited _, ContainerState.Undoing _ -> {
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
            inBackground(live, () -> enforce(live, init, due));
        }
    }

    private void begin(LiveContainer live, ProcessIdentity init, Duration due) {
        inBackground(live, () -> {
            ask(live, init, due);
            enforce(live, init, due);
        });
    }

    /** Sends the stop signal, for as long as there is grace. */
    private void ask(LiveContainer live, ProcessIdentity init, Duration due) {
        int signal = Signals.parse("stop_signal", live.container().stopSignal());
        while (left(due).isPositive() && !isSent(live, init, signal)) {
            live.awaitEnd(shorter(left(due), AGAIN));
        }
    }

    /** Several of these may wait for one container: the one that is due first kills. None ends before the container. */
    private void enforce(LiveContainer live, ProcessIdentity init, Duration due) {
        boolean ended = live.awaitEnd(left(due));
        boolean told = false;
        while (!ended) {
            boolean sent = isSent(live, init, Kernel.SIGKILL);
            ended = live.awaitEnd(sent ? DEATH : AGAIN);
            if (sent && !ended && !told) {
                told = true;
                LOG.warn("Container {} does not end: {}", live.id(), whyNot(live, init));
            }
        }
    }

    private boolean isSent(LiveContainer live, ProcessIdentity init, int signal) {
        try {
            parts.failpoints().pass("signal.before");
            init.signal(parts.kernel(), signal);
            return true;
        } catch (RuntimeException failed) {
            LOG.warn("Container {}: signal {} could not be sent, which is tried again", live.id(), signal, failed);
            return false;
        }
    }

    private static void inBackground(LiveContainer live, Runnable work) {
        Thread.ofVirtual().name("stop-" + live.id()).start(work);
    }

    /** For a container of which only the control group is known. */
    private void kill(LiveContainer live) {
        Group group = new Group(parts, live.container().cgroup());
        if (!group.empty(Deadline.remaining(DEATH))) {
            throw new Failure.Broken("stopping container " + live.id() + ": " + group.whyAlive());
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

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration left(Duration due) {
        Duration left = due.minus(Boot.uptime());
        return left.isNegative() ? Duration.ZERO : left;
    }
}
