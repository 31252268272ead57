package io.holdfast.sandbox;

import io.holdfast.linux.ProcessIdentity;
import java.time.Instant;
import java.util.List;

/** The states of a sandbox; only the state that allows a transition has it. */
public sealed interface SandboxState {
    /** Its holds are being taken; never listed. */
    record Assembling(Instant since) implements SandboxState {
        public Ready ready(Instant now, ProcessIdentity pause, List<String> ips) {
            return new Ready(now, pause, ips);
        }

        public Undoing failed(Instant now, String why) {
            return new Undoing(now, why);
        }
    }

    /** The only state in which containers can join. The first address is the pod's own; none on the host's network. */
    record Ready(Instant since, ProcessIdentity pause, List<String> ips) implements SandboxState {
        public Ready {
            ips = List.copyOf(ips);
        }

        public NotReady ended(Instant now, String why) {
            return new NotReady(now, why, false);
        }
    }

    /**
     * Stopped, or its pause process died: the record's holds tell what is still held.
     *
     * @param emptied whether its containers have been stopped: until then nothing may be let go, since they outlive the
     *     pause process. False in records of before there was such a field
     */
    record NotReady(Instant since, String why, boolean emptied) implements SandboxState {
        public NotReady withoutContainers() {
            return new NotReady(since, why, true);
        }

        public Undoing removed() {
            return new Undoing(since, "removed");
        }
    }

    /**
     * Its run failed or it was removed, and something of it would not go yet: never listed, released unasked until it is
     * gone, and then forgotten.
     */
    record Undoing(Instant since, String why) implements SandboxState {}
}
