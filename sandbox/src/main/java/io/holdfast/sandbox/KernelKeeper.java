package io.holdfast.sandbox;

import io.holdfast.cni.AddResult;
import io.holdfast.cni.Attachment;
import io.holdfast.cni.Networks;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Takes and releases the holds of one sandbox on this machine: the two switches. */
final class KernelKeeper implements SandboxKeeper {
    private final Sandbox sandbox;
    private final KernelKeepers.Machine machine;
    private final Networks networks;
    private final PauseProcess pause;
    private final Consumer<String> joined;
    private final AtomicReference<List<String>> ips = new AtomicReference<>(List.of());

    KernelKeeper(
            Sandbox sandbox,
            KernelKeepers.Machine machine,
            Networks networks,
            PauseProcess pause,
            Consumer<String> joined) {
        this.sandbox = sandbox;
        this.machine = machine;
        this.networks = networks;
        this.pause = pause;
        this.joined = joined;
    }

    @Override
    public void take(SandboxHold hold) {
        switch (hold) {
            case SandboxHold.Directory(var path) -> new SandboxFiles(machine.kernel()).make(path, sandbox.config());
            case SandboxHold.Group(var group) -> machine.cgroup().create(group);
            case SandboxHold.NetNs(var path) -> new NetNamespace(machine.kernel()).pin(path);
            case SandboxHold.Shm(var path) -> new SandboxFiles(machine.kernel()).mountShm(path);
            case SandboxHold.Network(var attachment) -> join(attachment);
            case SandboxHold.Pause held -> pause.start(held);
        }
    }

    @Override
    public void release(SandboxHold hold) {
        switch (hold) {
            case SandboxHold.Directory(var path) -> SandboxFiles.delete(path);
            case SandboxHold.Group(var group) -> machine.cgroup().remove(group);
            case SandboxHold.NetNs(var path) -> new NetNamespace(machine.kernel()).unpin(path);
            case SandboxHold.Shm(var path) -> new SandboxFiles(machine.kernel()).unmountShm(path);
            case SandboxHold.Network(var attachment) -> networks.delete(attachment, sandbox.networkResult());
            case SandboxHold.Pause held -> pause.end(held);
        }
    }

    @Override
    public int stage(SandboxHold hold) {
        return stageOf(hold);
    }

    /** The pause process needs the namespace alone, so that it starts while the plugins run. */
    static int stageOf(SandboxHold hold) {
        return switch (hold) {
            case SandboxHold.Directory _ -> 0;
            case SandboxHold.Group _ -> 1;
            case SandboxHold.NetNs _ -> 2;
            case SandboxHold.Shm _ -> 3;
            case SandboxHold.Network _, SandboxHold.Pause _ -> 4;
        };
    }

    @Override
    public Taken taken() {
        if (ips.get().isEmpty() && !sandbox.config().namespaces().hostNetwork()) {
            throw new Failure.Broken("the network gave pod "
                    + sandbox.config().metadata().key() + " no address; look at the plugins that the CNI config names");
        }
        return new Taken(pause.identity(), ips.get());
    }

    /** The result is told before the pause process may fail beside it: a DEL without it leaves rules behind. */
    private void join(Attachment attachment) {
        AddResult result = networks.add(attachment);
        joined.accept(result.json());
        ips.set(result.addresses());
    }
}
