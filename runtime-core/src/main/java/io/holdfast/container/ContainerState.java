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
    }

    record Created(Instant at, ProcessIdentity init) implements ContainerState {
        public Running started(Instant now) {
            return new Running(at, now, init);
        }

        public Exited neverStarted(Exit exit, String reason, String message) {
            return new Exited(at, Optional.empty(), exit, reason, message);
        }
    }

    record Running(Instant created, Instant started, ProcessIdentity init) implements ContainerState {
        public Exited exited(Exit exit, String reason, String message) {
            return new Exited(created, Optional.of(started), exit, reason, message);
        }
    }

    /** @param reason Completed, Error, OOMKilled or StartError, as Kubernetes shows it */
    record Exited(Instant created, Optional<Instant> started, Exit exit, String reason, String message)
            implements ContainerState {}

    /** What it is cannot be told; the reason says why. Only remove is possible. */
    record Unknown(Instant created, String why) implements ContainerState {}
}
