package io.holdfast.sandbox;

import io.holdfast.linux.Boot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A sandbox as it is now, and as it is on disk.
 *
 * @param requestedHandler the runtime handler as the request named it, empty for the standard one
 * @param handler the runtime handler that serves it
 * @param createdAt strictly later than that of any former sandbox of the same pod
 * @param boot the kernel's boot id at the time; processes and namespaces of another boot are gone
 * @param holds what is or may be held, in the order of taking
 * @param networkResult CNI's result, once ADD has succeeded
 */
public record Sandbox(
        String id,
        SandboxConfig config,
        String requestedHandler,
        String handler,
        Instant createdAt,
        String boot,
        SandboxState state,
        List<SandboxHold> holds,
        Optional<String> networkResult) {
    public Sandbox {
        holds = List.copyOf(holds);
    }

    public boolean isReady() {
        return state instanceof SandboxState.Ready;
    }

    /** Whether what it holds is to be let go: nothing runs in it any more, and nothing will. */
    boolean isOver() {
        return switch (state) {
            case SandboxState.Assembling _, SandboxState.Ready _ -> false;
            case SandboxState.NotReady notReady -> notReady.emptied() || !boot.equals(Boot.id());
            case SandboxState.Undoing _ -> true;
        };
    }

    Sandbox with(SandboxState newState) {
        return new Sandbox(id, config, requestedHandler, handler, createdAt, boot, newState, holds, networkResult);
    }

    Sandbox withHolds(List<SandboxHold> left) {
        return new Sandbox(id, config, requestedHandler, handler, createdAt, boot, state, left, networkResult);
    }

    Sandbox withNetwork(String result) {
        return new Sandbox(id, config, requestedHandler, handler, createdAt, boot, state, holds, Optional.of(result));
    }
}
