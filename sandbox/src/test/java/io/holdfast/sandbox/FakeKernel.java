package io.holdfast.sandbox;

import io.holdfast.cni.Attachment;
import io.holdfast.cni.Capabilities;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kernel in memory: it knows what is held and in which sandboxes containers run, and outlives every daemon. What no
 * daemon may ever do is an error of its own.
 */
final class FakeKernel implements SandboxKeeper.Source {
    /** What the ids of strays that will not go begin with. */
    static final String STUBBORN = "stubborn";

    static final String RESULT = "{\"ips\":[]}";

    private final Set<SandboxHold> held = ConcurrentHashMap.newKeySet();
    private final Set<String> inhabited = ConcurrentHashMap.newKeySet();
    /** Of the sandboxes whose ADD told its result: rules that a DEL without it does not find. */
    private final Set<String> rules = ConcurrentHashMap.newKeySet();

    private final Set<String> strays = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean failsToCollect = new AtomicBoolean();
    private final AtomicInteger collections = new AtomicInteger();
    private final AtomicReference<ProcessIdentity> pause = new AtomicReference<>(
            ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow());

    Set<SandboxHold> held() {
        return Set.copyOf(held);
    }

    Set<String> rules() {
        return Set.copyOf(rules);
    }

    /** From now on the plugins fail to collect. */
    void failToCollect() {
        failsToCollect.set(true);
    }

    /** How often the plugins were asked to collect. */
    int collections() {
        return collections.get();
    }

    /** The process that sandboxes have for their pause process from now on. */
    void pausedBy(ProcessIdentity process) {
        pause.set(process);
    }

    /** A container begins to run in the sandbox. */
    void inhabit(String id) {
        inhabited.add(id);
    }

    /** Its containers end: the pause process is the last to go. */
    void empty(String id) {
        if (inhabited.contains(id) && held.stream().noneMatch(hold -> isOf(hold, id, SandboxHold.Pause.class))) {
            throw new AssertionError("the pause process went before the containers of " + id);
        }
        inhabited.remove(id);
    }

    @Override
    public List<SandboxHold> plan(String id, SandboxConfig config) {
        return List.of(
                new SandboxHold.Directory(Path.of("/d", id)),
                new SandboxHold.Group("/g/" + id),
                new SandboxHold.NetNs(Path.of("/n", id)),
                new SandboxHold.Shm(Path.of("/s", id)),
                new SandboxHold.Network(
                        new Attachment("net", "{}", id, "/n/" + id, "eth0", Map.of(), Capabilities.none())),
                new SandboxHold.Pause(Path.of("/p", id), "/g/" + id));
    }

    @Override
    public String handler(String requested) {
        return requested;
    }

    /** Something stands for a sandbox that no record names. */
    void stray(String id) {
        strays.add(id);
    }

    Set<String> strays() {
        return Set.copyOf(strays);
    }

    @Override
    public Set<String> standing() {
        return Stream.concat(
                        strays.stream(),
                        held.stream()
                                .filter(SandboxHold.Network.class::isInstance)
                                .map(hold -> ((SandboxHold.Network) hold)
                                        .attachment()
                                        .containerId()))
                .collect(Collectors.toSet());
    }

    @Override
    public void sweep(String id) {
        if (!strays.contains(id)) {
            throw new AssertionError(id + " is no stray");
        }
        if (id.startsWith(STUBBORN)) {
            throw new Failure.Broken("injected: " + id + " will not go");
        }
        strays.remove(id);
    }

    @Override
    public void collectNetworks(List<SandboxHold> valid) {
        if (failsToCollect.get()) {
            throw new Failure.Broken("injected: GC");
        }
        collections.incrementAndGet();
        held.removeIf(hold -> hold instanceof SandboxHold.Network && !valid.contains(hold));
    }

    @Override
    public SandboxKeeper keeper(Sandbox sandbox, Consumer<String> joined) {
        return new SandboxKeeper() {
            @Override
            public void take(SandboxHold hold) {
                held.add(hold);
                if (hold instanceof SandboxHold.Network) {
                    joined.accept(RESULT);
                    rules.add(sandbox.id());
                }
            }

            @Override
            public void release(SandboxHold hold) {
                releaseOne(sandbox, hold);
            }

            @Override
            public int stage(SandboxHold hold) {
                return KernelKeeper.stageOf(hold);
            }

            @Override
            public Taken taken() {
                return new Taken(pause.get(), List.of("10.0.0.2"));
            }
        };
    }

    private void releaseOne(Sandbox sandbox, SandboxHold hold) {
        if (inhabited.contains(sandbox.id())) {
            throw new AssertionError(hold + " was taken from under running containers");
        }
        boolean isNamespace = hold instanceof SandboxHold.NetNs;
        if (isNamespace && held.stream().anyMatch(other -> isOf(other, sandbox.id(), SandboxHold.Network.class))) {
            throw new AssertionError("the namespace of " + sandbox.id() + " went before its network");
        }
        if (hold instanceof SandboxHold.Network && sandbox.networkResult().isPresent()) {
            rules.remove(sandbox.id());
        }
        held.remove(hold);
    }

    private static boolean isOf(SandboxHold hold, String id, Class<? extends SandboxHold> kind) {
        return kind.isInstance(hold) && hold.toString().contains(id);
    }
}
