package io.holdfast.sandbox;

import io.holdfast.container.PodEnvironment;
import io.holdfast.linux.Boot;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.metadata.Ids;
import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import io.holdfast.work.Holds;
import io.holdfast.work.InFlight;
import io.holdfast.work.Retries;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sandboxes of this node and CRI's verbs on them.
 *
 * <p>A run writes its record with the whole list of holds before it takes the first; a failed run, a stop, a remove and
 * a recovery all release that list. No lock is held but the sandbox's own, and while containers are made in it that is a
 * read lock.
 */
public final class Sandboxes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);
    private static final Duration RUN = Duration.ofMinutes(4);
    private static final Duration UNDO = Duration.ofMinutes(2);

    private final RecordStore<Sandbox> records;
    private final SandboxKeeper.Source keepers;
    private final Environments environments;
    private final Members members;
    private final ProcessWatch watch;
    private final Failpoints failpoints;
    private final SandboxTable table = new SandboxTable();
    private final InFlight<String, String> runs = new InFlight<>(RUN);
    private final Retries retries;

    public Sandboxes(
            RecordStore<Sandbox> records,
            SandboxKeeper.Source keepers,
            Environments environments,
            Members members,
            Outside outside) {
        this.records = records;
        this.keepers = keepers;
        this.environments = environments;
        this.members = members;
        this.watch = outside.watch();
        this.failpoints = outside.failpoints();
        this.retries = new Retries("sandbox", id -> table.exclusively(id, () -> release(id)), outside.firstRetry());
    }

    /** What can be done to all containers of a sandbox; both idempotent. */
    public record Members(Consumer<String> stopAll, Consumer<String> removeAll) {}

    /** What the owner needs of the world; {@code firstRetry} is how soon after a failure a release is tried again. */
    public record Outside(ProcessWatch watch, Failpoints failpoints, Duration firstRetry) {}

    /**
     * Runs a sandbox and answers its id. A second request of the same name joins the first while it is under way, and is
     * answered the same id while that sandbox is ready.
     */
    public String run(SandboxConfig config, String handler) {
        String key = config.metadata().key();
        return runs.join("RunPodSandbox " + key, () -> table.ready(key).orElseGet(() -> assemble(config, handler)));
    }

    /** Kills what runs in the sandbox and lets go of all it holds; its record stays, not ready. */
    public void stop(String id) {
        String whole = find(id).id();
        markNotReady(whole, "stopped");
        table.exclusively(whole, () -> {
                    members.stopAll().accept(whole);
                    return release(whole);
                })
                .ifPresent(Sandboxes::fail);
    }

    /**
     * Stops the sandbox, removes its containers, and forgets it. What will not go then, an address that a dead plugin
     * keeps, say, does not keep the sandbox: it is released unasked, and named by {@link #holding} until it is gone.
     */
    public void remove(String id) {
        String whole = find(id).id();
        markNotReady(whole, "removed");
        table.exclusively(whole, () -> {
            members.stopAll().accept(whole);
            members.removeAll().accept(whole);
            change(
                    whole,
                    sandbox -> sandbox.state() instanceof SandboxState.NotReady notReady
                            ? sandbox.with(notReady.removed())
                            : sandbox);
            return release(whole);
        });
    }

    /**
     * The sandbox of this id, or of the only id that begins so.
     *
     * @throws Failure.NotFound where none does
     */
    public Sandbox find(String id) {
        Sandbox sandbox = table.find(id);
        if (!isListed(sandbox)) {
            throw new Failure.NotFound("sandbox " + id + " does not exist");
        }
        return sandbox;
    }

    /** Every sandbox but those that are only being made, newest first. */
    public List<Sandbox> list() {
        return table.all().stream()
                .filter(Sandboxes::isListed)
                .sorted(Comparator.comparing(Sandbox::createdAt).reversed())
                .toList();
    }

    /** Every sandbox, also those being made or undone: what is held on this node. */
    public List<Sandbox> holding() {
        return table.all();
    }

    /**
     * Does work for a container of the sandbox, which cannot be stopped meanwhile.
     *
     * @throws Failure.WrongState where the sandbox is not ready
     */
    public <T> T within(String id, Function<PodEnvironment, T> work) {
        String whole = find(id).id();
        return table.shared(whole, () -> work.apply(environments.of(find(whole))));
    }

    /** Takes up every record that is there; called once, before the first verb. Never fails for one sandbox's sake. */
    public void recover() {
        Set<String> known = new SandboxRecovery(records, table, this::watched, this::markNotReady, retries).run();
        try {
            keepers.sweep(known);
            collectNetworks(known);
        } catch (RuntimeException failed) {
            LOG.error(
                    "What is left of sandboxes without a record could not be removed; the next start tries again",
                    failed);
        }
    }

    @Override
    public void close() {
        retries.close();
    }

    /** Not with a record that cannot be read: what its sandbox is on would be taken for garbage. */
    private void collectNetworks(Set<String> known) {
        List<Sandbox> all = table.all();
        if (all.size() == known.size()) {
            keepers.collectNetworks(
                    all.stream().flatMap(sandbox -> sandbox.holds().stream()).toList());
        }
    }

    private static boolean isListed(Sandbox sandbox) {
        return switch (sandbox.state()) {
            case SandboxState.Ready _, SandboxState.NotReady _ -> true;
            case SandboxState.Assembling _, SandboxState.Undoing _ -> false;
        };
    }

    private String assemble(SandboxConfig config, String handler) {
        String id = Ids.next();
        List<SandboxHold> plan = keepers.plan(id, config);
        Instant at = table.nextCreation(config.metadata());
        Sandbox sandbox = new Sandbox(
                id,
                config,
                handler,
                keepers.handler(handler),
                at,
                Boot.id(),
                new SandboxState.Assembling(at),
                plan,
                Optional.empty());
        try {
            put(sandbox);
            SandboxKeeper keeper = keepers.keeper(sandbox);
            new Holds<>(keeper, failpoints).take(plan);
            ready(sandbox, keeper.taken());
            return id;
        } catch (RuntimeException failure) {
            undo(sandbox, failure);
            throw failure;
        }
    }

    private void ready(Sandbox sandbox, SandboxKeeper.Taken taken) {
        SandboxState.Assembling assembling = (SandboxState.Assembling) sandbox.state();
        Sandbox ready = sandbox.withNetwork(taken.networkResult())
                .with(assembling.ready(Instant.now(), taken.pause(), taken.ips()));
        put(ready);
        watched(ready);
        LOG.info(
                "Sandbox {} of pod {} is ready, {}",
                ready.id(),
                ready.config().metadata().key(),
                taken.ips());
    }

    /** Undo has time of its own; what it cannot let go stays in the record and is tried again. */
    private void undo(Sandbox attempted, RuntimeException failure) {
        SandboxState.Assembling assembling = (SandboxState.Assembling) attempted.state();
        Sandbox undoing = attempted.with(assembling.failed(Instant.now(), String.valueOf(failure.getMessage())));
        table.put(undoing);
        Deadline.own(UNDO, () -> {
            try {
                table.exclusively(undoing.id(), () -> release(undoing.id())).ifPresent(failure::addSuppressed);
            } catch (RuntimeException stuck) {
                failure.addSuppressed(stuck);
            }
        });
    }

    /** Under the sandbox's lock: lets go of what will go, writes down what will not, and has the rest tried again. */
    private Optional<Failure> release(String id) {
        try {
            Sandbox sandbox = table.find(id);
            Holds.Left<SandboxHold> left = new Holds<>(keepers.keeper(sandbox), failpoints).release(sandbox.holds());
            settle(sandbox.withHolds(left.holds()));
            if (!left.none()) {
                LOG.warn(
                        "Sandbox {} still holds {}; it goes on being released",
                        id,
                        left.holds(),
                        left.why().orElse(null));
                retries.later(id);
            }
            return left.why();
        } catch (RuntimeException unwritten) {
            retries.later(id);
            throw unwritten;
        }
    }

    /** A sandbox that nobody is to see again is forgotten as soon as it holds nothing. */
    private void settle(Sandbox released) {
        if (released.holds().isEmpty() && released.state() instanceof SandboxState.Undoing) {
            records.delete(released.id());
            table.delete(released.id());
        } else {
            put(released);
        }
    }

    private void watched(Sandbox ready) {
        if (ready.state() instanceof SandboxState.Ready(var _, var pause, var _)) {
            watch.onExit(pause, () -> markNotReady(ready.id(), "its pause process ended"));
        }
    }

    private void markNotReady(String id, String why) {
        change(id, sandbox -> {
            if (!(sandbox.state() instanceof SandboxState.Ready ready)) {
                return sandbox;
            }
            LOG.info("Sandbox {} is not ready any more: {}", id, why);
            return sandbox.with(ready.ended(Instant.now(), why));
        });
    }

    private void change(String id, UnaryOperator<Sandbox> change) {
        table.update(id, sandbox -> {
            Sandbox changed = change.apply(sandbox);
            if (changed != sandbox) {
                records.put(id, changed);
            }
            return changed;
        });
    }

    private void put(Sandbox sandbox) {
        records.put(sandbox.id(), sandbox);
        table.put(sandbox);
    }

    private static void fail(Failure failure) {
        throw failure;
    }
}
