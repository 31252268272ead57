package io.holdfast.sandbox;

import io.holdfast.linux.Boot;
import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Parallel;
import io.holdfast.work.Retries;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up the records that a former daemon left: one switch on the state of each. */
final class SandboxRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxRecovery.class);
    private static final int AT_ONCE = 8;

    private final RecordStore<Sandbox> records;
    private final SandboxTable table;
    private final Consumer<Sandbox> alive;
    private final BiConsumer<String, String> ended;
    private final Retries retries;

    SandboxRecovery(
            RecordStore<Sandbox> records,
            SandboxTable table,
            Consumer<Sandbox> alive,
            BiConsumer<String, String> ended,
            Retries retries) {
        this.records = records;
        this.table = table;
        this.alive = alive;
        this.ended = ended;
        this.retries = retries;
    }

    /** Answers the ids of all that are on record, readable or not. */
    Set<String> run() {
        RecordStore.Loaded<Sandbox> loaded = records.load();
        List<Sandbox> all = List.copyOf(loaded.records().values());
        all.forEach(table::put);
        Parallel.each(all, AT_ONCE, sandbox -> {
            try {
                recover(sandbox);
            } catch (RuntimeException failed) {
                LOG.error("Sandbox {} could not be recovered; it is left as its record has it", sandbox.id(), failed);
            }
        });
        Set<String> known = new HashSet<>(loaded.unreadable());
        all.forEach(sandbox -> known.add(sandbox.id()));
        return known;
    }

    private void recover(Sandbox sandbox) {
        switch (sandbox.state()) {
            case SandboxState.Assembling assembling -> abandon(sandbox, assembling);
            case SandboxState.Ready _
            when !sandbox.boot().equals(Boot.id()) -> {
                ended.accept(sandbox.id(), "the node was restarted");
                retries.now(sandbox.id());
            }
            case SandboxState.Ready(var _, var pause, var _)
            when !pause.isAlive() -> ended.accept(sandbox.id(), "its pause process ended while no daemon ran");
            case SandboxState.Ready _ -> alive.accept(sandbox);
            case SandboxState.Undoing _ -> retries.now(sandbox.id());
            case SandboxState.NotReady _ -> {
                if (!sandbox.holds().isEmpty()) {
                    retries.now(sandbox.id());
                }
            }
        }
    }

    private void abandon(Sandbox sandbox, SandboxState.Assembling assembling) {
        Sandbox failed =
                sandbox.with(assembling.failed(java.time.Instant.now(), "the daemon ended while it was being made"));
        records.put(sandbox.id(), failed);
        table.put(failed);
        retries.now(sandbox.id());
    }
}
