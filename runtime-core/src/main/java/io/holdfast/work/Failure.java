package io.holdfast.work;

/**
 * What can go wrong, as a caller has to tell it apart. The message names what was being done, to what, why it failed
 * and what to do about it; {@code api} turns each kind into one gRPC status.
 */
public abstract sealed class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Failure(String message) {
        super(message);
    }

    private Failure(String message, Throwable cause) {
        super(message, cause);
    }

    /** The named thing does not exist. Success for every stop and remove. */
    public static final class NotFound extends Failure {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message);
        }

        public NotFound(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A different thing stands under that name already. */
    public static final class AlreadyExists extends Failure {
        private static final long serialVersionUID = 1L;

        public AlreadyExists(String message) {
            super(message);
        }
    }

    /** The request can never succeed as it is; the message starts with the field's name. */
    public static final class Invalid extends Failure {
        private static final long serialVersionUID = 1L;

        public Invalid(String message) {
            super(message);
        }

        public Invalid(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The request is well-formed, but the thing is not in a state that allows it. */
    public static final class WrongState extends Failure {
        private static final long serialVersionUID = 1L;

        public WrongState(String message) {
            super(message);
        }

        public WrongState(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Something that Holdfast needs does not answer now; the same request may succeed later. */
    public static final class Unavailable extends Failure {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message) {
            super(message);
        }

        public Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A registry, or whoever is asked, refuses the credentials given. */
    public static final class Denied extends Failure {
        private static final long serialVersionUID = 1L;

        public Denied(String message) {
            super(message);
        }
    }

    /** The time that the caller, or we ourselves, gave the work is over. */
    public static final class TimedOut extends Failure {
        private static final long serialVersionUID = 1L;

        public TimedOut(String message) {
            super(message);
        }

        public TimedOut(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** What was asked for is right and still it did not work: a helper failed, a disk is full, bytes are corrupt. */
    public static final class Broken extends Failure {
        private static final long serialVersionUID = 1L;

        public Broken(String message) {
            super(message);
        }

        public Broken(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The failure itself, or a {@link Broken} round what is none. */
    public static Failure of(String doing, Throwable thrown) {
        return thrown instanceof Failure failure ? failure : new Broken(doing + ": " + thrown.getMessage(), thrown);
    }
}
