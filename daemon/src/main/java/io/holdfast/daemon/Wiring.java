package io.holdfast.daemon;

import io.holdfast.api.Node;
import io.holdfast.api.Owners;
import io.holdfast.cni.Networks;
import io.holdfast.container.Containers;
import io.holdfast.container.Machine;
import io.holdfast.container.OciRuntime;
import io.holdfast.image.Images;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import io.holdfast.metadata.Database;
import io.holdfast.registry.Patience;
import io.holdfast.registry.Proxies;
import io.holdfast.registry.Registries;
import io.holdfast.sandbox.Environments;
import io.holdfast.sandbox.Handlers;
import io.holdfast.sandbox.KernelKeepers;
import io.holdfast.sandbox.PauseImage;
import io.holdfast.sandbox.PauseMounts;
import io.holdfast.sandbox.PauseProgram;
import io.holdfast.sandbox.PauseRoot;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.SandboxMeter;
import io.holdfast.sandbox.SandboxPaths;
import io.holdfast.sandbox.Sandboxes;
import io.holdfast.shim.ShimRuntime;
import io.holdfast.snapshot.OverlaySnapshotter;
import io.holdfast.work.Failpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Builds what the daemon is made of, top to bottom, and closes it bottom to top. */
final class Wiring implements AutoCloseable {
    /** Where monitors run: in no pod's group, whose memory limit would kill them. */
    static final String MONITORS = "/holdfast-monitors";

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final Path SYSTEMD = Path.of("/run/systemd/system");
    private static final List<String> WAIT_AND_REAP = List.of("-P");
    private static final int PAUSE_OOM_SCORE = -998;
    private static final String MAY_LOWER_OOM_SCORE = "CAP_SYS_RESOURCE";
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);

    private final Config config;
    private final Kernel kernel;
    private final Failpoints failpoints;
    private final Closing closing = new Closing();
    private final ProcessWatch watch;
    private final Subprocess subprocess;
    private final Cgroup cgroup;
    private final Machine facts;
    private final boolean systemdCgroups;
    private final Database database;
    private final OverlaySnapshotter snapshotter;
    private final Images images;
    private final Runtimes runtimes;
    private final Handlers handlers;
    private final Containers containers;
    private final Networks networks;
    private final Sandboxes sandboxes;

    Wiring(Config config, Kernel kernel, Failpoints failpoints) {
        this.config = config;
        this.kernel = kernel;
        this.failpoints = failpoints;
        this.watch = closing.add(new ProcessWatch(kernel));
        this.subprocess = new Subprocess(kernel, watch);
        this.cgroup = Cgroup.at(CGROUPS);
        this.facts = Machine.read(cgroup);
        this.systemdCgroups = systemdCgroups();
        this.database = closing.add(Database.open(config.root().resolve("holdfast.db"), failpoints));
        this.snapshotter = new OverlaySnapshotter(kernel, layers(), database);
        this.images = closing.add(images());
        this.runtimes = Runtimes.of(config);
        this.handlers = handlers();
        this.containers = closing.add(containers());
        this.networks = networks();
        this.sandboxes = closing.add(sandboxes());
    }

    Owners owners() {
        SandboxMeter meter = new SandboxMeter(cgroup, paths());
        return new Owners(sandboxes, containers, images, meter, layers());
    }

    Node node(BooleanSupplier recovered) {
        return new Node(
                Version.own(),
                systemdCgroups,
                handlers,
                recovered,
                () -> runtimes.whyNotReady(config.conmon()),
                networks::whyNotReady,
                () -> StatusDetails.of(config, handlers));
    }

    @Override
    public void close() {
        closing.close();
    }

    private Path layers() {
        return config.root().resolve("snapshots");
    }

    private Images images() {
        Path hosts = config.registry().configPath();
        Registries registries = new Registries(
                () -> Optional.of(hosts).filter(Files::isDirectory), patience(), Proxies.of(System.getenv()));
        Images.Settings usual = Images.Settings.usual(config.root().resolve("content"));
        Images.Settings settings = new Images.Settings(
                usual.content(),
                config.images().layersAtOnce(),
                config.images().pullTimeout(),
                usual.abandoned(),
                usual.unpack());
        return new Images(settings, registries, snapshotter, database, failpoints);
    }

    private Patience patience() {
        Patience usual = Patience.usual();
        Duration progress = config.registry().progressTimeout();
        return new Patience(usual.connect(), usual.header(), progress, progress, usual.windowBytes(), usual.backoff());
    }

    private Networks networks() {
        Config.Cni cni = config.cni();
        return new Networks(
                new Networks.Settings(cni.confDir(), cni.binDirs(), cni.pluginTimeout(), cni.grace()),
                kernel,
                watch,
                new PluginTimes());
    }

    private Handlers handlers() {
        Map<String, OciRuntime> shims = new HashMap<>();
        for (String name : runtimes.binaries().keySet()) {
            shims.put(
                    name,
                    new ShimRuntime(runtimes.handler(name, config, systemdCgroups), kernel, watch, subprocess, cgroup));
        }
        return new Handlers(runtimes.standard(), shims);
    }

    private Containers containers() {
        return new Containers(new Containers.Parts(
                config.root(),
                config.state(),
                database,
                images::find,
                snapshotter,
                handlers.runtimes(),
                kernel,
                cgroup,
                watch,
                subprocess,
                facts,
                failpoints));
    }

    /** Stopping a sandbox kills what is left in it: a kubelet has given its containers their grace before. */
    private Sandboxes sandboxes() {
        return new Sandboxes(
                database.records("sandboxes", Sandbox.class),
                new KernelKeepers(machine(), handlers, networks, pause(), paths()),
                new Environments(paths()),
                new Sandboxes.Members(id -> containers.stopAll(id, Duration.ZERO), containers::removeAll),
                new Sandboxes.Outside(watch, failpoints, FIRST_RETRY));
    }

    private SandboxPaths paths() {
        return new SandboxPaths(config.state(), systemdCgroups);
    }

    private KernelKeepers.Machine machine() {
        boolean mayLower = facts.capabilities().contains(MAY_LOWER_OOM_SCORE);
        int oomScore = mayLower ? PAUSE_OOM_SCORE : Math.max(PAUSE_OOM_SCORE, facts.oomScoreAdj());
        return new KernelKeepers.Machine(
                kernel, cgroup, oomScore, facts.arch(), facts.modules().selinux());
    }

    private Supplier<PauseProgram> pause() {
        new PauseMounts(snapshotter, paths()).releaseUnused();
        String image = config.sandbox().image();
        return image.isEmpty()
                ? new PauseRoot(config.root().resolve("pause"), config.sandbox().pauseBinary(), WAIT_AND_REAP)
                : new PauseImage(image, images, snapshotter, paths());
    }

    private boolean systemdCgroups() {
        return switch (config.cgroupDriver()) {
            case SYSTEMD -> true;
            case CGROUPFS -> false;
            case AUTO -> cgroup.unified() && Files.isDirectory(SYSTEMD);
        };
    }
}
