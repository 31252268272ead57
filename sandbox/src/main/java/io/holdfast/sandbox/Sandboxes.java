package io.holdfast.sandbox;

import io.holdfast.container.PodEnvironment;
import io.holdfast.linux.Boot;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.metadata.Ids;
import io.holdfast.metadata.RecordStore;
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
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sandboxes of this node and CRI's verbs on them.
 *
 * <p>A run writes its record with the whole list of holds before it takes the first; a failed run, a stop, a remove and
 * a recovery all release that list. No lock is held but the sandbox's own, which a stop has until all is let go, the
 * network's plugins included: only verbs on the same sandbox wait for it. While containers are made in it that is a
 * read lock.
 */
public final class Sandboxes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);
    private static final Duration RUN = Duration.ofMinutes(4);

    private final SandboxKeeper.Source keepers;
    private final Environments environments;
    private final Members members;
    private final ProcessWatch watch;
    private final Failpoints failpoints;
    private final Retries retries;
    private final Retries strays;
    private final SandboxTable table;
    private final Removal removal;
    private final InFlight<String, String> runs = new InFlight<>(RUN);

    public Sandboxes(
            RecordStore<Sandbox> records,
            SandboxKeeper.Source keepers,
            Environments environments,
            Members members,
            Outside outside) {
        this.keepers = keepers;
        this.environments = environments;
        this.members = members;
        this.watch = outside.watch();
        this.failpoints = outside.failpoints();
        this.retries = new Retries("sandbox", this::settle, outside.firstRetry());
        this.strays = new Retries("what is left of sandbox", this::sweep, outside.firstRetry());
        this.table = new SandboxTable(records, retries);
        this.removal = new Removal(keepers, table, failpoints, retries);
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
        ended(whole, "stopped");
        table.exclusively(whole, () -> {
                    empty(whole);
                    return removal.release(whole);
                })
                .ifPresent(Sandboxes::fail);
    }

    /**
     * Stops the sandbox, removes its containers, and forgets it. What will not go then, an address that a dead plugin
     * keeps, say, does not keep the sandbox: it is released unasked, and named by {@link #holding} until it is gone.
     */
    public void remove(String id) {
        String whole = find(id).id();
        ended(whole, "removed");
        table.exclusively(whole, () -> {
            empty(whole);
            members.removeAll().accept(whole);
            table.note(
                    whole,
                    sandbox -> sandbox.state() instanceof SandboxState.NotReady notReady
                            ? sandbox.with(notReady.removed())
                            : sandbox);
            return removal.release(whole);
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

    /** The ids of sandboxes whose records this version of Holdfast cannot read, and whose holds it leaves alone. */
    public List<String> unreadable() {
        return table.unreadable();
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

    /**
     * Takes up every record that is there; called once, before the first verb. Fails where the records as a whole cannot
     * be read, and never for one sandbox's sake.
     */
    public void recover() {
        table.load();
        collectNetworks();
        new SandboxRecovery(table, this::watched, this::ended, retries).run();
        sweepStrays();
    }

    @Override
    public void close() {
        retries.close();
        strays.close();
    }

    /**
     * Before anything else is done: nothing may join or leave a network meanwhile. Not with a record that cannot be
     * read: what its sandbox is on would be taken for garbage.
     */
    private void collectNetworks() {
        if (!table.unreadable().isEmpty()) {
            LOG.warn(
                    "The network's plugins are not asked to drop what no sandbox is on: {} cannot be read",
                    table.unreadable());
            return;
        }
        try {
            keepers.collectNetworks(table.all().stream()
                    .flatMap(sandbox -> sandbox.holds().stream())
                    .toList());
        } catch (RuntimeException failed) {
            LOG.warn("The network's plugins may keep addresses that no sandbox has; the next start asks again", failed);
        }
    }

    /** Found before the first new sandbox is made, and removed beside the calls. */
    private void sweepStrays() {
        try {
            Set<String> standing = new TreeSet<>(keepers.standing());
            table.unreadable().forEach(standing::remove);
            table.all().forEach(sandbox -> standing.remove(sandbox.id()));
            standing.forEach(strays::now);
        } catch (RuntimeException failed) {
            LOG.error("What is left of sandboxes without a record cannot be found; the next start looks again", failed);
        }
    }

    private Optional<Failure> sweep(String id) {
        keepers.sweep(id);
        return Optional.empty();
    }

    private Optional<Failure> settle(String id) {
        return removal.settle(id);
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
        String resolved = keepers.handler(handler);
        Sandbox sandbox = table.enter(
                config.metadata(),
                at -> new Sandbox(
                        id,
                        config,
                        handler,
                        resolved,
                        at,
                        Boot.id(),
                        new SandboxState.Assembling(at),
                        plan,
                        Optional.empty()));
        try {
            table.write(id);
            SandboxKeeper keeper =
                    keepers.keeper(sandbox, result -> table.note(id, joined -> joined.withNetwork(result)));
            new Holds<>(keeper, failpoints).take(plan);
            ready(sandbox, keeper.taken());
            return id;
        } catch (RuntimeException | Error failure) {
            removal.undo(id, failure);
            throw failure;
        }
    }

    private void ready(Sandbox sandbox, SandboxKeeper.Taken taken) {
        SandboxState.Assembling assembling = (SandboxState.Assembling) sandbox.state();
        table.change(
                sandbox.id(), assembled -> assembled.with(assembling.ready(Instant.now(), taken.pause(), taken.ips())));
        watched(table.find(sandbox.id()));
        LOG.info(
                "Sandbox {} of pod {} is ready, {}",
                sandbox.id(),
                sandbox.config().metadata().key(),
                taken.ips());
    }

    private void watched(Sandbox sandbox) {
        if (sandbox.state() instanceof SandboxState.Ready(var _, var pause, var _)) {
            watch.onExit(pause, () -> ended(sandbox.id(), "its pause process ended"));
        }
    }

    private void ended(String id, String why) {
        table.note(id, sandbox -> {
            if (!(sandbox.state() instanceof SandboxState.Ready ready)) {
                return sandbox;
            }
            LOG.info("Sandbox {} is not ready any more: {}", id, why);
            return sandbox.with(ready.ended(Instant.now(), why));
        });
    }

    /** Stops the containers, and says so on record: from then on a restart may release what the sandbox holds. */
    private void empty(String id) {
        members.stopAll().accept(id);
        table.note(
                id,
                sandbox -> sandbox.state() instanceof SandboxState.NotReady notReady
                        ? sandbox.with(notReady.withoutContainers())
                        : sandbox);
    }

    private static void fail(Failure failure) {
        throw failure;
    }
}
