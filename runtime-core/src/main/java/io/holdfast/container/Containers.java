package io.holdfast.container;

import io.holdfast.image.Image;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import io.holdfast.metadata.Database;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import io.holdfast.work.InFlight;
import io.holdfast.work.Parallel;
import io.holdfast.work.Retries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The containers of this node and CRI's verbs on them. Ids are whole ids; only {@link #find} takes a prefix.
 *
 * <p>Reading never waits for a verb, and nothing waits with a lock for a process to end.
 */
public final class Containers implements AutoCloseable {
    private static final Duration LONGEST_CREATION = Duration.ofMinutes(4);
    private static final int STOPPED_AT_ONCE = 32;

    private final Parts parts;
    private final Retries retries;
    private final ContainerTable table;
    private final Exits exits;
    private final Stops stops;
    private final Starts starts;
    private final Removal removal;
    private final RunningContainers running;
    private final Usages usages;
    private final InFlight<Name, String> creations = new InFlight<>(LONGEST_CREATION);

    /**
     * What the containers are made of and live in.
     *
     * @param root what survives a reboot
     * @param state what does not need to
     * @param images finds an image that is here by reference, digest or id
     * @param handlers the OCI runtimes by the names of their handlers
     */
    public record Parts(
            Path root,
            Path state,
            Database database,
            Function<String, Optional<Image>> images,
            Snapshotter snapshotter,
            Map<String, OciRuntime> handlers,
            Kernel kernel,
            Cgroup cgroup,
            ProcessWatch watch,
            Subprocess subprocess,
            Machine machine,
            Failpoints failpoints) {
        public Parts {
            handlers = Map.copyOf(handlers);
        }

        OciRuntime handler(String name) {
            return Optional.ofNullable(handlers.get(name))
                    .orElseThrow(() -> new Failure.Unavailable("the runtime handler \"" + name
                            + "\" is not configured; configured are " + handlers.keySet()));
        }
    }

    /** What no two listed containers have in common. */
    private record Name(String sandboxId, String name, int attempt) {
        @Override
        public String toString() {
            return "container " + name + ", attempt " + attempt + ", of sandbox " + sandboxId;
        }

        boolean isOf(Container container) {
            return container.sandboxId().equals(sandboxId)
                    && container.config().name().equals(name)
                    && container.config().attempt() == attempt;
        }
    }

    public Containers(Parts parts) {
        this.parts = parts;
        this.retries = new Retries("container", this::settle);
        this.table = new ContainerTable(parts.database().records("containers", ContainerRecord.class), retries);
        this.exits = new Exits(parts, table);
        this.stops = new Stops(parts, table);
        this.starts = new Starts(parts, table, exits);
        this.removal = new Removal(parts, table, stops, retries);
        this.running = new RunningContainers(parts, table);
        this.usages = new Usages(parts);
    }

    /**
     * Makes a container, which waits for {@link #start}, and answers its id. A request of the same sandbox, name and
     * attempt joins one that is under way, and is answered the same id while that container is Created and the request
     * is the same: so a kubelet whose call timed out comes to the container it asked for.
     *
     * @throws Failure.AlreadyExists where another container has the name and attempt; the message names its id
     * @throws Failure.NotFound where the image is not here; it has to be pulled first
     */
    public String create(PodEnvironment pod, ContainerConfig config) {
        Name name = new Name(pod.sandboxId(), config.name(), config.attempt());
        String id = creations.join(
                name,
                () -> table.list(name::isOf).stream()
                        .findFirst()
                        .map(Container::id)
                        .orElseGet(() -> make(new Creation(parts, table, pod, config))));
        Container container = table.listed(id).container();
        if (!(container.state() instanceof ContainerState.Created)
                || !container.config().equals(config)) {
            throw new Failure.AlreadyExists(name + " exists as " + id + " and is "
                    + container.state().getClass().getSimpleName() + "; remove it, or ask for another attempt");
        }
        return id;
    }

    /**
     * Lets a Created container run.
     *
     * @throws Failure.WrongState in any other state
     */
    public void start(String id) {
        starts.start(table.listed(id));
    }

    /**
     * Stops a container: its stop signal, then SIGKILL at the end of the grace, which is at once where that is zero or
     * negative. Returns when it has exited; success where it has already. The shortest grace of several calls counts.
     *
     * @throws Failure.Broken where a process does not die even so
     */
    public void stop(String id, Duration grace) {
        stops.stop(table.listed(id), grace);
    }

    /**
     * Removes the container, which is killed where it runs. Of what cannot be released then, nothing keeps the name or
     * the pod: it goes later, and {@link #holding} names it until then.
     *
     * @throws Failure.Broken where a process does not die
     */
    public void remove(String id) {
        removal.remove(table.listed(id));
    }

    /**
     * The container of this id, or of the only id that begins so.
     *
     * @throws Failure.Invalid where several do
     */
    public Container find(String idOrPrefix) {
        return table.find(idOrPrefix);
    }

    /** Every container, newest first, but none that is only being made or undone. */
    public List<Container> list() {
        return table.list(_ -> true);
    }

    /** Every container of a sandbox, as {@link #list} has it. */
    public List<Container> of(String sandboxId) {
        return table.list(container -> container.sandboxId().equals(sandboxId));
    }

    /** Stops every container of a sandbox, side by side, also such as are still being made. */
    public void stopAll(String sandboxId, Duration grace) {
        creations.settle(name -> name.sandboxId().equals(sandboxId));
        Parallel.each(inSandbox(sandboxId), STOPPED_AT_ONCE, live -> ignoringGone(() -> stops.stop(live, grace)));
    }

    /** Removes every container of a sandbox, also what is left of those that are not listed. */
    public void removeAll(String sandboxId) {
        creations.settle(name -> name.sandboxId().equals(sandboxId));
        Parallel.each(inSandbox(sandboxId), STOPPED_AT_ONCE, live -> ignoringGone(() -> removal.remove(live)));
    }

    /**
     * Runs a program in a running container to its end.
     *
     * @throws Failure.WrongState where the container is not running
     */
    public OciRuntime.ExecResult exec(String id, List<String> command, Optional<Duration> limit) {
        return running.exec(table.listed(id), command, limit);
    }

    /** Changes what a Created or Running container may use; what is not set in {@code change} stays. */
    public void update(String id, Resources change) {
        running.update(table.listed(id), change);
    }

    /** Has the log file of a running container opened anew, after it was rotated. */
    public void reopenLog(String id) {
        running.reopenLog(table.listed(id));
    }

    public ContainerUsage usage(String id) {
        return usages.of(table.listed(id));
    }

    /** The config.json that the OCI runtime was given, for people; empty where it is gone. */
    public Optional<String> spec(String id) {
        return running.spec(table.listed(id));
    }

    /** What a container holds, for people: the unlisted ones too, which are being made or undone. */
    public record Holding(String id, String sandboxId, String name, ContainerState state, List<String> holds) {
        static Holding of(LiveContainer live) {
            return new Holding(
                    live.id(),
                    live.container().sandboxId(),
                    live.container().config().name(),
                    live.state(),
                    live.record().holds().stream().map(Object::toString).toList());
        }

        static Holding unreadable(String id) {
            String why = "its record cannot be read by this version of Holdfast; another may, and until then nothing"
                    + " of it is touched";
            return new Holding(id, "", "", new ContainerState.Unknown(Instant.EPOCH, why), List.of());
        }
    }

    /** All that is held on this node for containers. */
    public List<Holding> holding() {
        return Stream.concat(
                        table.every().stream().map(Holding::of),
                        table.unreadable().stream().map(Holding::unreadable))
                .toList();
    }

    /**
     * Takes up every container that is on record; called once, before the first verb. Fails where the records as a whole
     * cannot be read, and never for one of them.
     */
    public void recover() {
        Set<String> known = new ContainerRecovery(table, exits, stops, starts, retries).run();
        new Garbage(parts).sweep(known);
    }

    /** Ends the background work; the containers live on. */
    @Override
    public void close() {
        retries.close();
    }

    private String make(Creation creation) {
        LiveContainer live = creation.enter();
        try {
            table.write(live);
            ProcessIdentity init = creation.take(live);
            exits.watch(live, init);
            return live.id();
        } catch (RuntimeException | VirtualMachineError failed) {
            removal.undo(live, failed);
            throw failed;
        }
    }

    private Optional<Failure> settle(String id) {
        return removal.settle(id);
    }

    private List<LiveContainer> inSandbox(String sandboxId) {
        return table.every().stream()
                .filter(live -> live.container().sandboxId().equals(sandboxId))
                .toList();
    }

    private static void ignoringGone(Runnable work) {
        try {
            work.run();
        } catch (Failure.NotFound gone) {
            return;
        }
    }
}
