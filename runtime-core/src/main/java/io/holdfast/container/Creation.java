package io.holdfast.container;

import io.holdfast.image.Image;
import io.holdfast.linux.Boot;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.metadata.Ids;
import io.holdfast.oci.CgroupName;
import io.holdfast.work.Failure;
import io.holdfast.work.Holds;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes one container: everything is asked for and checked first, then written down, and only then taken. */
final class Creation {
    private final Containers.Parts parts;
    private final ContainerTable table;
    private final PodEnvironment pod;
    private final ContainerConfig config;
    private final Image image;
    private final ContainerPlan plan;

    /** Takes nothing. */
    Creation(Containers.Parts parts, ContainerTable table, PodEnvironment pod, ContainerConfig config) {
        this.parts = parts;
        this.table = table;
        this.pod = pod;
        this.config = config;
        parts.handler(pod.handler());
        this.image = parts.images()
                .apply(config.image().image())
                .orElseThrow(
                        () -> new Failure.NotFound("image \"" + config.image().image() + "\" of container "
                                + config.name() + " is not on this node; pull it first"));
        this.plan = new ContainerPlan(parts.root(), parts.state(), Ids.next());
    }

    /** In memory, with every hold that will be taken; nothing is yet. */
    LiveContainer enter() {
        return table.enter(pod.pod(), config.name(), this::record);
    }

    private ContainerRecord record(Instant createdAt) {
        Container container = new Container(
                plan.id(),
                pod.sandboxId(),
                pod.pod(),
                pod.handler(),
                config,
                image.id(),
                image.digests().stream().findFirst().orElse(image.id()),
                new ContainerState.Creating(),
                Optional.empty(),
                stopSignal(),
                LogFile.path(pod.logDirectory(), config.logPath()),
                new CgroupName(pod.cgroupParent(), plan.id()).inTree(),
                createdAt);
        return new ContainerRecord(container, Boot.id(), holds(container), Optional.empty(), Optional.empty());
    }

    /** Takes what the record lists, and makes it that of a created container. */
    ProcessIdentity take(LiveContainer live) {
        ContainerKeeper keeper = new ContainerKeeper(parts);
        Holds<ContainerHold> holds = new Holds<>(keeper, parts.failpoints());
        holds.take(ground(live.container()));
        try (OciRuntime.Making _ = keeper.begin(pod.handler(), request(live.container()))) {
            parts.failpoints().pass("begin.after");
            holds.take(plan.root(image.chain()));
            LinuxUser user = new ContainerBundle(parts, plan, this::firstProcess).write(pod, config, image.config());
            parts.failpoints().pass("bundle.after");
            holds.take(plan.process(pod.handler(), request(live.container())));
            table.change(live, record -> created(record, keeper.init(), user));
            return keeper.init();
        }
    }

    private static ContainerRecord created(ContainerRecord record, ProcessIdentity init, LinuxUser user) {
        if (!(record.state() instanceof ContainerState.Creating creating)) {
            throw new Failure.WrongState("container " + record.id() + " was removed while it was being made");
        }
        Container container = record.container().with(user);
        return record.with(container.with(creating.created(container.createdAt(), init)));
    }

    private List<ContainerHold> holds(Container container) {
        List<ContainerHold> all = new ArrayList<>(ground(container));
        all.addAll(plan.root(image.chain()));
        all.addAll(plan.process(pod.handler(), request(container)));
        return all;
    }

    private List<ContainerHold> ground(Container container) {
        List<ContainerHold> ground = new ArrayList<>(plan.directories());
        container.logPath().ifPresent(log -> ground.add(new ContainerHold.Log(logDirectory(), log)));
        return ground;
    }

    private OciRuntime.Request request(Container container) {
        ContainerConfig.Terminal terminal = config.terminal();
        OciRuntime.Output output = new OciRuntime.Output.Logged(
                container.logPath(), terminal.stdin(), terminal.stdinOnce(), terminal.tty());
        return plan.request(container.cgroup(), output);
    }

    /** Only of a container of the same pod: no other pod's processes may be seen. */
    private ProcessIdentity firstProcess(String target) {
        LiveContainer live = table.listed(target);
        if (live.container().sandboxId().equals(pod.sandboxId())
                && live.state() instanceof ContainerState.Running running) {
            return running.init();
        }
        throw new Failure.Invalid(
                "namespace_options.target_id: container " + target + " does not run in sandbox " + pod.sandboxId());
    }

    private Path logDirectory() {
        return pod.logDirectory().orElseThrow();
    }

    /** The request's, or the image's, or SIGTERM. */
    private String stopSignal() {
        String asked = config.stopSignal().orElse("");
        if (!asked.isEmpty()) {
            return Signals.name(Signals.parse("stop_signal", asked));
        }
        String declared = image.config().stopSignal();
        return Signals.name(declared.isEmpty() ? Kernel.SIGTERM : Signals.parse("the image's stop signal", declared));
    }
}
