package io.holdfast.registry;

import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.Optional;

/** Why one host did not do what it was asked. The message is for people, and shows no secret and no query of a URL. */
final class HostFailed extends Exception {
    private static final long serialVersionUID = 1L;

    /** What it means for the pull. */
    enum Kind {
        /** The host answers for that repository, and does not have it. */
        MISSING,
        /** The host wants other credentials, or whatever they are, refuses. */
        DENIED,
        /** It may work later. */
        PASSING,
        /** It will not work, whoever is asked how often. */
        WRONG
    }

    private final Kind kind;
    private final Optional<Duration> after;

    private HostFailed(Kind kind, String message, Optional<Duration> after) {
        super(message);
        this.kind = kind;
        this.after = after;
    }

    static HostFailed missing(String message) {
        return new HostFailed(Kind.MISSING, message, Optional.empty());
    }

    static HostFailed denied(String message) {
        return new HostFailed(Kind.DENIED, message, Optional.empty());
    }

    static HostFailed passing(String message) {
        return new HostFailed(Kind.PASSING, message, Optional.empty());
    }

    static HostFailed passing(String message, Duration after) {
        return new HostFailed(Kind.PASSING, message, Optional.of(after));
    }

    static HostFailed wrong(String message) {
        return new HostFailed(Kind.WRONG, message, Optional.empty());
    }

    Kind kind() {
        return kind;
    }

    /** How long the host asked to be left alone. */
    Optional<Duration> after() {
        return after;
    }

    /** The same for the caller of the pull. */
    Failure failure(String message) {
        return switch (kind) {
            case MISSING -> new Failure.NotFound(message);
            case DENIED -> new Failure.Denied(message);
            case PASSING -> new Failure.Unavailable(message);
            case WRONG -> new Failure.Broken(message);
        };
    }
}
