package io.holdfast.sandbox;

import io.holdfast.linux.ProcessIdentity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A kernel in memory: it knows what is held, and outlives every daemon. */
final class FakeKernel implements SandboxKeeper.Source {
    private final Set<SandboxHold> held = ConcurrentHashMap.newKeySet();
    private final ProcessIdentity pause =
            ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

    Set<SandboxHold> held() {
        return Set.copyOf(held);
    }

    @Override
    public List<SandboxHold> plan(String id, SandboxConfig config) {
        return List.of(
                new SandboxHold.Directory(Path.of("/d", id)),
                new SandboxHold.Group("/g/" + id),
                new SandboxHold.NetNs(Path.of("/n", id)),
                new SandboxHold.Shm(Path.of("/s", id)),
                new SandboxHold.Pause(Path.of("/p", id), "/g/" + id));
    }

    @Override
    public String handler(String requested) {
        return requested;
    }

    @Override
    public void sweep(Set<String> known) {
        held.removeIf(hold -> known.stream().noneMatch(id -> hold.toString().contains(id)));
    }

    @Override
    public void collectNetworks(List<SandboxHold> valid) {
        held.removeIf(hold -> hold instanceof SandboxHold.Network && !valid.contains(hold));
    }

    @Override
    public SandboxKeeper keeper(Sandbox sandbox) {
        return new SandboxKeeper() {
            @Override
            public void take(SandboxHold hold) {
                held.add(hold);
            }

            @Override
            public void release(SandboxHold hold) {
                held.remove(hold);
            }

            @Override
            public int stage(SandboxHold hold) {
                return switch (hold) {
                    case SandboxHold.Directory _ -> 0;
                    case SandboxHold.Group _ -> 1;
                    case SandboxHold.NetNs _ -> 2;
                    case SandboxHold.Shm _, SandboxHold.Network _, SandboxHold.Pause _ -> 3;
                };
            }

            @Override
            public Taken taken() {
                return new Taken(pause, List.of("10.0.0.2"), Optional.of("{}"));
            }
        };
    }
}
