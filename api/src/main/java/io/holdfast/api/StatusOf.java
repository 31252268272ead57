package io.holdfast.api;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.holdfast.work.Failure;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a failure is on the wire. A failure of ours tells its message; of anything else the caller learns a reference
 * alone, under which the log has the whole of it.
 */
final class StatusOf {
    /** Errors of system calls, say, tell the call and what it was made on. */
    private static final String OURS = "io.holdfast.";

    private StatusOf() {}

    static StatusRuntimeException thrown(Throwable thrown) {
        return status(thrown).withCause(thrown).asRuntimeException();
    }

    private static Status status(Throwable thrown) {
        return switch (thrown) {
            case Failure failure -> code(failure).withDescription(failure.getMessage());
            case StatusRuntimeException status -> status.getStatus();
            case UncheckedIOException io ->
                Status.INTERNAL.withDescription(
                        io.getMessage() + ": " + io.getCause().getMessage());
            case RuntimeException own
            when own.getClass().getName().startsWith(OURS) -> Status.INTERNAL.withDescription(own.getMessage());
            default -> Status.INTERNAL.withDescription("an error of Holdfast itself; its log has it as " + reference());
        };
    }

    private static Status code(Failure failure) {
        return switch (failure) {
            case Failure.NotFound _ -> Status.NOT_FOUND;
            case Failure.AlreadyExists _ -> Status.ALREADY_EXISTS;
            case Failure.Invalid _ -> Status.INVALID_ARGUMENT;
            case Failure.WrongState _ -> Status.FAILED_PRECONDITION;
            case Failure.Unavailable _ -> Status.UNAVAILABLE;
            case Failure.Denied _ -> Status.PERMISSION_DENIED;
            case Failure.TimedOut _ -> Status.DEADLINE_EXCEEDED;
            case Failure.Broken _ -> Status.INTERNAL;
        };
    }

    private static String reference() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }
}
