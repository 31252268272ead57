package io.holdfast.sandbox;

import io.holdfast.linux.Boot;
import io.holdfast.work.Parallel;
import io.holdfast.work.Retries;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up the sandboxes that a former daemon left: one switch on the state of each. */
final class SandboxRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxRecovery.class);
    private static final int AT_ONCE = 8;

    private final SandboxTable table;
    private final Consumer<Sandbox> alive;
    private final BiConsumer<String, String> ended;
    private final Retries retries;

    SandboxRecovery(SandboxTable table, Consumer<Sandbox> alive, BiConsumer<String, String> ended, Retries retries) {
        this.table = table;
        this.alive = alive;
        this.ended = ended;
        this.retries = retries;
    }

    void run() {
        Parallel.each(table.all(), AT_ONCE, sandbox -> {
            try {
                recover(sandbox);
            } catch (RuntimeException failed) {
                LOG.error("Sandbox {} could not be recovered; it is left as its record has it", sandbox.id(), failed);
            }
        });
    }

    private void recover(Sandbox sandbox) {
        switch (sandbox.state()) {
            case SandboxState.Assembling assembling ->
                table.note(
                        sandbox.id(),
                        abandoned -> abandoned.with(
                                assembling.failed(Instant.now(), "the daemon ended while it was being made")));
            case SandboxState.Ready _
            when !sandbox.boot().equals(Boot.id()) -> ended.accept(sandbox.id(), "the node was restarted");
            case SandboxState.Ready(var _, var pause, var _)
            when !pause.isAlive() -> ended.accept(sandbox.id(), "its pause process ended while no daemon ran");
            case SandboxState.Ready _ -> alive.accept(sandbox);
            case SandboxState.NotReady _, SandboxState.Undoing _ -> {}
        }
        releaseIfOver(table.find(sandbox.id()));
    }

    /** Not while its containers may live: they keep their network when the pause process dies. */
    private void releaseIfOver(Sandbox sandbox) {
        boolean isUnlisted = sandbox.state() instanceof SandboxState.Undoing;
        if (sandbox.isOver() && (isUnlisted || !sandbox.holds().isEmpty())) {
            retries.now(sandbox.id());
        }
    }
}
