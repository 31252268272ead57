package io.holdfast.sandbox;

import io.holdfast.cni.Attachment;
import io.holdfast.cni.Networks;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Keepers that take hold of the real things. */
public final class KernelKeepers implements SandboxKeeper.Source {
    /** The first pods wait for it, and the add-on may be one of them. */
    private static final Duration COLLECTED = Duration.ofSeconds(5);

    private final Machine machine;
    private final Handlers handlers;
    private final Networks networks;
    private final Supplier<PauseProgram> pause;
    private final SandboxPaths paths;

    public KernelKeepers(
            Machine machine, Handlers handlers, Networks networks, Supplier<PauseProgram> pause, SandboxPaths paths) {
        this.machine = machine;
        this.handlers = handlers;
        this.networks = networks;
        this.pause = pause;
        this.paths = paths;
    }

    /**
     * The machine, as far as sandboxes touch it.
     *
     * @param oomScore what a pause process gets as its oom_score_adj
     * @param arch as {@code uname -m} says
     * @param selinux whether the kernel has SELinux
     */
    public record Machine(Kernel kernel, Cgroup cgroup, int oomScore, String arch, boolean selinux) {}

    @Override
    public String handler(String requested) {
        return handlers.resolve(requested);
    }

    @Override
    public Set<String> standing() {
        return leftovers().standing();
    }

    @Override
    public void sweep(String id) {
        leftovers().remove(id);
    }

    @Override
    public void collectNetworks(List<SandboxHold> held) {
        List<Attachment> valid = held.stream()
                .filter(SandboxHold.Network.class::isInstance)
                .map(hold -> ((SandboxHold.Network) hold).attachment())
                .toList();
        Deadline.own(COLLECTED, () -> networks.gc(valid));
    }

    @Override
    public List<SandboxHold> plan(String id, SandboxConfig config) {
        return new SandboxPlan(paths, networks).of(id, config);
    }

    @Override
    public SandboxKeeper keeper(Sandbox sandbox, Consumer<String> joined) {
        PauseProcess process = new PauseProcess(sandbox, handlers, pause, paths, machine);
        return new KernelKeeper(sandbox, machine, networks, process, joined);
    }

    private Leftovers leftovers() {
        return new Leftovers(machine, handlers, paths);
    }
}
