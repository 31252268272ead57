package io.holdfast.sandbox;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import io.holdfast.work.Holds;
import io.holdfast.work.Retries;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets go of what sandboxes hold; what will not go stays on record and is owed. */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger(Removal.class);
    private static final Duration UNDO = Duration.ofMinutes(2);

    private final SandboxKeeper.Source keepers;
    private final SandboxTable table;
    private final Failpoints failpoints;
    private final Retries retries;

    Removal(SandboxKeeper.Source keepers, SandboxTable table, Failpoints failpoints, Retries retries) {
        this.keepers = keepers;
        this.table = table;
        this.failpoints = failpoints;
        this.retries = retries;
    }

    /** Undoes a run, whatever ended it, in time of its own. */
    void undo(String id, Throwable failure) {
        try {
            table.note(
                    id,
                    sandbox -> sandbox.state() instanceof SandboxState.Assembling assembling
                            ? sandbox.with(assembling.failed(Instant.now(), String.valueOf(failure.getMessage())))
                            : sandbox);
            Deadline.own(UNDO, () -> table.exclusively(id, () -> release(id))).ifPresent(failure::addSuppressed);
        } catch (RuntimeException | Error stuck) {
            if (stuck != failure) {
                failure.addSuppressed(stuck);
            }
            retries.later(id);
        }
    }

    /** Under the sandbox's lock: lets go of what will go, writes down what will not, and has the rest tried again. */
    Optional<Failure> release(String id) {
        try {
            Sandbox sandbox = table.find(id);
            Holds.Left<SandboxHold> left =
                    new Holds<>(keepers.keeper(sandbox, _ -> {}), failpoints).release(sandbox.holds());
            table.note(id, released -> released.withHolds(left.holds()));
            if (!left.none()) {
                LOG.warn(
                        "Sandbox {} still holds {}; it goes on being released",
                        id,
                        left.holds(),
                        left.why().orElse(null));
                retries.later(id);
            } else if (sandbox.state() instanceof SandboxState.Undoing) {
                table.forget(id);
            }
            return left.why();
        } catch (RuntimeException | Error stuck) {
            retries.later(id);
            throw stuck;
        }
    }

    /** What is owed of a sandbox: what it is not to hold any more, and its record, where it could not be written. */
    Optional<Failure> settle(String id) {
        Optional<Failure> left = table.exclusively(id, () -> table.find(id).isOver() ? release(id) : Optional.empty());
        table.catchUp(id);
        return left;
    }
}
