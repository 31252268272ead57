package io.holdfast.container;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import io.holdfast.work.Holds;
import io.holdfast.work.Retries;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of all that a container holds: after a failed creation, for a remove, at recovery and in the background, always
 * by the same release. What will not go stays on record and is tried again.
 */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(Removal.class);
    private static final Duration UNDO = Duration.ofMinutes(2);

    private final Containers.Parts parts;
    private final ContainerTable table;
    private final Stops stops;
    private final Retries retries;

    Removal(Containers.Parts parts, ContainerTable table, Stops stops, Retries retries) {
        this.parts = parts;
        this.table = table;
        this.stops = stops;
        this.retries = retries;
    }

    /**
     * Kills the container where it runs, and makes it unlisted. From then on it is removed: what cannot be released at
     * once does not keep its name nor its pod, and goes later.
     */
    void remove(LiveContainer live) {
        stops.stop(live, Duration.ZERO);
        Deadline.own(
                UNDO,
                () -> live.exclusively(() -> {
                    table.note(live, record -> record.with(removed(record.state())));
                    return releaseOrRetry(live);
                }));
    }

    /** Undoes a creation that has failed, under a deadline of its own; what goes wrong here is added to the failure. */
    void undo(LiveContainer live, Throwable failed) {
        Deadline.own(
                UNDO,
                () -> live.exclusively(() -> {
                    table.note(
                            live,
                            record -> record.with(
                                    new ContainerState.Undoing(now(), String.valueOf(failed.getMessage()))));
                    Optional<Failure> left = releaseOrRetry(live);
                    left.filter(why -> why != failed).ifPresent(failed::addSuppressed);
                    return left;
                }));
    }

    /** What is owed to this container: the release of what it held, or a record that the disk has not taken yet. */
    Optional<Failure> settle(String id) {
        LiveContainer live = table.any(id).orElseThrow(() -> new Failure.NotFound("container " + id + " is gone"));
        if (live.state() instanceof ContainerState.Undoing) {
            return live.exclusively(() -> release(live));
        }
        table.write(live);
        return Optional.empty();
    }

    /** Releases, and answers what was in the way of the whole of it. */
    Optional<Failure> release(LiveContainer live) {
        Holds.Left<ContainerHold> left = new Holds<>(new ContainerKeeper(parts), parts.failpoints())
                .release(live.record().holds());
        if (left.none()) {
            table.forget(live);
            return Optional.empty();
        }
        table.note(live, record -> record.holding(left.holds()));
        return left.why();
    }

    private Optional<Failure> releaseOrRetry(LiveContainer live) {
        try {
            Optional<Failure> left = release(live);
            left.ifPresent(why -> owe(live, why));
            return left;
        } catch (RuntimeException failed) {
            owe(live, failed);
            return Optional.of(Failure.of("forgetting container " + live.id(), failed));
        }
    }

    private void owe(LiveContainer live, RuntimeException why) {
        LOG.warn("Container {}: not all it held could be released, which is tried again", live.id(), why);
        retries.later(live.id());
    }

    private ContainerState removed(ContainerState state) {
        return switch (state) {
            case ContainerState.Exited exited -> exited.removed(now());
            case ContainerState.Unknown unknown -> unknown.removed(now());
            case ContainerState.Undoing undoing -> undoing;
            case ContainerState.Creating creating -> creating.failed(now(), "removed");
            case ContainerState.Created created -> created.lost("removed").removed(now());
            case ContainerState.Running running -> running.lost("removed").removed(now());
        };
    }

    private static Instant now() {
        return Instant.now();
    }
}
