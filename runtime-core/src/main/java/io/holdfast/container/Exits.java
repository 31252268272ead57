package io.holdfast.container;

import io.holdfast.linux.Boot;
import io.holdfast.linux.ProcessIdentity;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Learns of the ends of containers and puts on record how each ended. */
final class Exits {
    private static final Logger LOG = LoggerFactory.getLogger(Exits.class);
    private static final int UNKNOWN_CODE = 255;
    private static final int START_FAILED_CODE = 128;
    /** How long an exit goes unreported for the sake of processes that outlive the first one. */
    private static final Duration LEFTOVERS = Duration.ofSeconds(1);
    /** The file that a monitor leaves where it has seen the kernel kill for memory. */
    private static final String MONITORS_MARK = "oom";

    private final Containers.Parts parts;
    private final ContainerTable table;

    Exits(Containers.Parts parts, ContainerTable table) {
        this.parts = parts;
        this.table = table;
    }

    /** Waits, in the background, for this process's end: at once where it has ended already. */
    void watch(LiveContainer live, ProcessIdentity init) {
        Optional<ContainerHold.Runtime> runtime = live.record().runtime();
        Optional<OciRuntime> handler =
                runtime.flatMap(hold -> Optional.ofNullable(parts.handlers().get(hold.handler())));
        if (handler.isPresent()) {
            handler.get().onExit(runtime.get().request(), init, exit -> ended(live, exit));
        } else {
            parts.watch().onExit(init, () -> ended(live, unknown("its runtime handler is no longer configured")));
        }
    }

    /** Records the exit once; waits for a start that is under way, so that Running is always on record before. */
    void ended(LiveContainer live, Exit exit) {
        live.exclusivelyAtLast(() -> {
            clear(live);
            record(live, exit);
        });
    }

    /** Never fails: an exit that is not recorded would leave a dead container running for ever. */
    private void clear(LiveContainer live) {
        try {
            if (!new Group(parts, live.container().cgroup()).empty(LEFTOVERS)) {
                LOG.warn("Container {} has ended, but not all of its processes have", live.id());
            }
        } catch (RuntimeException failed) {
            LOG.warn("Container {} has ended; whether all of its processes have cannot be told", live.id(), failed);
        }
    }

    /** The machine was restarted: how it ended nobody can tell any more, and when only so far that it was before. */
    void rebooted(LiveContainer live) {
        Instant boot = Instant.now().minus(Boot.uptime());
        record(live, new Exit(UNKNOWN_CODE, boot, Optional.of("the node was restarted while the container ran")));
    }

    /** The first process never came to run its program. The caller has seen to it that it is dead. */
    void startFailed(LiveContainer live, ContainerState.Created created, String why) {
        Exit exit = new Exit(START_FAILED_CODE, notBefore(created.at(), Instant.now()), Optional.empty());
        table.note(live, record -> record.with(created.neverStarted(exit, "StartError", why)));
    }

    /** For an end whose cause is lost. */
    static Exit unknown(String why) {
        return new Exit(UNKNOWN_CODE, Instant.now(), Optional.of(why));
    }

    private void record(LiveContainer live, Exit exit) {
        switch (live.state()) {
            case ContainerState.Created created
            when live.record().starting().isPresent() -> {
                // No daemon saw its start, and it has had one: Running was never on record.
                recordRunning(live, created.started(live.record().starting().get()), exit);
            }
            case ContainerState.Created created -> {
                Exit dated = dated(exit, created.at());
                table.note(
                        live,
                        record -> record.with(created.neverStarted(
                                dated, reason(live, exit), message(exit, "it ended before it was started"))));
            }
            case ContainerState.Running running -> recordRunning(live, running, exit);
            case ContainerState.Creating _,
                    ContainerState.Exited _,
                    ContainerState.Unknown _,
                    ContainerState.Undoing _ -> LOG.debug("Container {}: its end is known already", live.id());
        }
    }

    private void recordRunning(LiveContainer live, ContainerState.Running running, Exit exit) {
        Exit dated = dated(exit, running.started());
        table.note(live, record -> record.with(running.exited(dated, reason(live, exit), message(exit, ""))));
    }

    private String reason(LiveContainer live, Exit exit) {
        if (exit.code() == 0) {
            return "Completed";
        }
        return wasKilledForMemory(live.record()) ? "OOMKilled" : "Error";
    }

    /** The kernel's own count; the monitor's mark where the group has gone with its last process. */
    private boolean wasKilledForMemory(ContainerRecord record) {
        try {
            OptionalLong kills = parts.cgroup().oomKills(record.container().cgroup());
            return kills.isPresent()
                    ? kills.getAsLong() > 0
                    : record.runtime()
                            .filter(runtime -> Files.exists(
                                    runtime.request().monitorDirectory().resolve(MONITORS_MARK)))
                            .isPresent();
        } catch (RuntimeException unreadable) {
            LOG.warn("Container {}: whether it was killed for memory cannot be told", record.id(), unreadable);
            return false;
        }
    }

    private static String message(Exit exit, String otherwise) {
        return exit.doubt().orElse(otherwise);
    }

    private static Exit dated(Exit exit, Instant earliest) {
        return new Exit(exit.code(), notBefore(earliest, exit.at()), exit.doubt());
    }

    private static Instant notBefore(Instant earliest, Instant at) {
        return at.isBefore(earliest) ? earliest : at;
    }
}
