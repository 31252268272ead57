package io.holdfast.container;

import io.holdfast.linux.ProcessIdentity;
import java.time.Instant;
import java.util.Optional;

/** The states of a container; only the state that allows a transition has it. */
public sealed interface ContainerState {
    /** Its holds are being taken; never listed, and released by recovery. */
    record Creating() implements ContainerState {
        public Created created(Instant at, ProcessIdentity init) {
            return new Created(at, init);
        }

        public Undoing failed(Instant now, String why) {
            return new Undoing(now, why);
        }
    }

    record Created(Instant at, ProcessIdentity init) implements ContainerState {
        public Running started(Instant now) {
            return new Running(at, now, init);
        }

        public Exited neverStarted(Exit exit, String reason, String message) {
            return new Exited(at, Optional.empty(), exit, reason, message);
        }

        public Unknown lost(String why) {
            return new Unknown(at, why);
        }
    }

    record Running(Instant created, Instant started, ProcessIdentity init) implements ContainerState {
        public Exited exited(Exit exit, String reason, String message) {
            return new Exited(created, Optional.of(started), exit, reason, message);
        }

        public Unknown lost(String why) {
            return new Unknown(created, why);
        }
    }

    /** @param reason Completed, Error, OOMKilled or StartError, as Kubernetes shows it */
    record Exited(Instant created, Optional<Instant> started, Exit exit, String reason, String message)
            implements ContainerState {
        public Undoing removed(Instant now) {
            return new Undoing(now, "removed");
        }
    }

    /** What it is cannot be told; the reason says why. It can be stopped, which kills all of it, and removed. */
    record Unknown(Instant created, String why) implements ContainerState {
        public Undoing removed(Instant now) {
            return new Undoing(now, "removed");
        }
    }

    /**
     * Its creation failed, or it was removed: never listed, its name free, released unasked until nothing is held, and
     * then forgotten.
     */
    record Undoing(Instant since, String why) implements ContainerState {}

    /** Whether its first process may be alive. */
    default boolean mayRun() {
        return switch (this) {
            case Creating _, Created _, Running _ -> true;
            case Exited _, Unknown _, Undoing _ -> false;
        };
    }

    /** Whether CRI's calls see it. */
    default boolean isListed() {
        return switch (this) {
            case Created _, Running _, Exited _, Unknown _ -> true;
            case Creating _, Undoing _ -> false;
        };
    }
}
