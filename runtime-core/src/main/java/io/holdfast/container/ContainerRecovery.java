package io.holdfast.container;

import io.holdfast.linux.Boot;
import io.holdfast.work.Parallel;
import io.holdfast.work.Retries;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up what a former daemon left: one switch on the state of each record, then what no record names. */
final class ContainerRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRecovery.class);
    private static final int AT_ONCE = 16;
    /** How long the start waits for an end that came while no daemon ran; it is noted later if it takes longer. */
    private static final Duration ENDED_MEANWHILE = Duration.ofSeconds(1);

    private final ContainerTable table;
    private final Exits exits;
    private final Stops stops;
    private final Starts starts;
    private final Retries retries;

    ContainerRecovery(ContainerTable table, Exits exits, Stops stops, Starts starts, Retries retries) {
        this.table = table;
        this.exits = exits;
        this.stops = stops;
        this.starts = starts;
        this.retries = retries;
    }

    /** Answers the ids of all records, also of those that cannot be read: they keep what they hold. */
    Set<String> run() {
        table.load();
        List<LiveContainer> all = table.every();
        Parallel.each(all, AT_ONCE, this::recoverOrGiveUp);
        Set<String> known = new HashSet<>(table.unreadable());
        all.forEach(live -> known.add(live.id()));
        return known;
    }

    private void recoverOrGiveUp(LiveContainer live) {
        try {
            recover(live);
        } catch (RuntimeException failed) {
            LOG.error("Container {} could not be taken up", live.id(), failed);
            giveUp(live, "after a restart of the daemon: " + failed.getMessage());
        }
    }

    private void recover(LiveContainer live) {
        switch (live.state()) {
            case ContainerState.Creating creating -> {
                table.note(
                        live,
                        record -> record.with(
                                creating.failed(Instant.now(), "the daemon ended while it was being made")));
                retries.now(live.id());
            }
            case ContainerState.Undoing _ -> retries.now(live.id());
            case ContainerState.Created created
            when isOfThisBoot(live) -> {
                starts.resume(live);
                exits.watch(live, created.init());
                followUp(live, created.init().isAlive());
            }
            case ContainerState.Running running
            when isOfThisBoot(live) -> {
                exits.watch(live, running.init());
                followUp(live, running.init().isAlive());
            }
            case ContainerState.Created _, ContainerState.Running _ -> exits.rebooted(live);
            case ContainerState.Exited _, ContainerState.Unknown _ -> {}
        }
    }

    private void followUp(LiveContainer live, boolean alive) {
        if (alive) {
            live.record().stopBy().ifPresent(due -> stops.resume(live, due));
        } else {
            live.awaitEnd(ENDED_MEANWHILE);
        }
    }

    private void giveUp(LiveContainer live, String why) {
        switch (live.state()) {
            case ContainerState.Created created -> table.note(live, record -> record.with(created.lost(why)));
            case ContainerState.Running running -> table.note(live, record -> record.with(running.lost(why)));
            case ContainerState.Creating _, ContainerState.Undoing _ -> retries.later(live.id());
            case ContainerState.Exited _, ContainerState.Unknown _ -> {}
        }
    }

    private static boolean isOfThisBoot(LiveContainer live) {
        return live.record().boot().equals(Boot.id());
    }
}
