package io.holdfast.sandbox;

import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Holds;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Takes and releases the holds of one sandbox. The other implementation is the fake kernel of the fault tests. */
public interface SandboxKeeper extends Holds.Keeper<SandboxHold> {
    /** What taking has brought to light: for the record. */
    record Taken(ProcessIdentity pause, List<String> ips) {}

    /** Once every hold is taken. */
    Taken taken();

    /** Makes keepers, one for a sandbox. */
    interface Source {
        /** The keeper tells {@code joined} CNI's result as soon as there is one: a release is to have it. */
        SandboxKeeper keeper(Sandbox sandbox, Consumer<String> joined);

        /** The ids of all sandboxes of which something stands on this machine. */
        Set<String> standing();

        /** Lets go of what stands on this machine for a sandbox without a record. */
        void sweep(String id);

        /** Lets the plugins of the network drop what none of these holds, which are those of all sandboxes. */
        void collectNetworks(List<SandboxHold> held);

        /** The name of the runtime handler that serves a request for this one. */
        String handler(String requested);

        /** The whole plan, from the id and the request alone; nothing is taken yet. */
        List<SandboxHold> plan(String id, SandboxConfig config);
    }
}
