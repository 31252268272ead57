package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.image.Image;
import io.holdfast.image.ImageConfig;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import io.holdfast.metadata.Database;
import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A node without a daemon: what outlives one, and owners over it. */
final class Fixture implements AutoCloseable {
    static final Kernel KERNEL = new Kernel();
    static final String SANDBOX = "5a".repeat(32);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path directory;
    private final ProcessWatch watch = new ProcessWatch(KERNEL);
    private final Cgroup cgroup;
    private final String cgroupParent = "/holdfast-test-" + Long.toHexString(System.nanoTime());
    final FakeRuntime runtime;
    final FakeSnapshotter snapshotter = new FakeSnapshotter();
    private volatile ImageConfig image =
            new ImageConfig(List.of(), List.of(), List.of(), "", "", "", List.of(), Map.of());
    private Optional<Database> database = Optional.empty();
    Optional<Containers> owner = Optional.empty();

    Fixture(Path directory) {
        this(directory, Path.of("/sys/fs/cgroup"));
    }

    Fixture(Path directory, Path cgroups) {
        this.directory = directory;
        this.cgroup = Cgroup.at(cgroups);
        this.runtime = new FakeRuntime(cgroup);
    }

    /** The image that every container has from now on. */
    void image(ImageConfig config) {
        image = config;
    }

    /** A new owner over what is there; the former one is given up as a killed daemon is. */
    Containers owner(Consumer<String> failpoints) {
        giveUp();
        Failpoints points = Failpoints.calling(failpoints);
        Database opened = Database.open(directory.resolve("holdfast.db"), points);
        Containers containers = new Containers(parts(opened, points));
        database = Optional.of(opened);
        owner = Optional.of(containers);
        containers.recover();
        return containers;
    }

    Containers owner() {
        return owner(_ -> {});
    }

    void giveUp() {
        owner.ifPresent(Containers::close);
        database.ifPresent(Database::close);
        owner = Optional.empty();
        database = Optional.empty();
    }

    Containers.Parts parts() {
        return parts(database.orElseThrow(), Failpoints.none());
    }

    private Containers.Parts parts(Database opened, Failpoints points) {
        return new Containers.Parts(
                directory.resolve("root"),
                directory.resolve("state"),
                opened,
                name -> name.equals("absent") ? Optional.empty() : Optional.of(image()),
                snapshotter,
                Map.of("fake", runtime),
                KERNEL,
                cgroup,
                watch,
                new Subprocess(KERNEL, watch),
                Machine.read(cgroup),
                points);
    }

    private Image image() {
        return new Image(
                "sha256:" + "1".repeat(64), List.of("r/i:1"), List.of("r/i@sha256:2"), 1, image, List.of("c1"), false);
    }

    PodEnvironment pod() {
        return new PodEnvironment(
                SANDBOX,
                "fake",
                new PodEnvironment.Pod("pod", "default", "uid", "pod", Map.of(), false),
                Optional.empty(),
                ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow(),
                true,
                true,
                true,
                cgroupParent,
                Optional.of(directory.resolve("logs")),
                new PodEnvironment.Files(Path.of("/etc/resolv.conf"), Path.of("/etc/hostname"), Path.of("/dev/shm")));
    }

    static ImageConfig imageWithVolumes(String... volumes) {
        return new ImageConfig(List.of(), List.of(), List.of(), "", "", "", List.of(volumes), Map.of());
    }

    static ImageConfig imageWithStopSignal(String signal) {
        return new ImageConfig(List.of(), List.of(), List.of(), "", "", signal, List.of(), Map.of());
    }

    static ContainerConfig config(String name, int attempt) {
        return config(name, attempt, Optional.empty());
    }

    static ContainerConfig config(String name, int attempt, Optional<String> stopSignal) {
        return config(name, attempt, "r/i:1", stopSignal);
    }

    static ContainerConfig ofImage(String image) {
        return config("c", 0, image, Optional.empty());
    }

    private static ContainerConfig config(String name, int attempt, String image, Optional<String> stopSignal) {
        return new ContainerConfig(
                name,
                attempt,
                new ContainerConfig.ImageChoice(image, Map.of(), "", ""),
                List.of("sleep"),
                List.of("600"),
                "",
                List.of(),
                List.of(),
                List.of(),
                Map.of("app", name),
                Map.of(),
                name + "/" + attempt + ".log",
                new ContainerConfig.Terminal(false, false, false),
                Resources.none(),
                security(),
                stopSignal);
    }

    private static Security security() {
        return new Security(
                false,
                new Security.PidNamespace.Container(),
                new Security.Capabilities(List.of(), List.of(), List.of()),
                new Security.RunAs.ImageDefault(),
                OptionalLong.empty(),
                List.of(),
                Security.GroupsPolicy.MERGE,
                false,
                false,
                List.of(),
                List.of(),
                new Security.Seccomp.Unconfined(),
                new Security.Apparmor.Unconfined(),
                Optional.empty());
    }

    /** A container that was started. */
    String running() {
        String id = owner.orElseThrow().create(pod(), config("c", 0));
        owner.orElseThrow().start(id);
        return id;
    }

    /** The state of a container once it has exited. */
    ContainerState.Exited exited(String id) {
        await(() -> owner.orElseThrow().find(id).state() instanceof ContainerState.Exited);
        return (ContainerState.Exited) owner.orElseThrow().find(id).state();
    }

    boolean stopOrdered(String id) {
        return onDisk(id).stopBy().isPresent();
    }

    /** The record as a restarted daemon would find it. */
    ContainerRecord onDisk(String id) {
        return records().load().records().get(id);
    }

    /** Changes a record between two owners. */
    void rewrite(String id, UnaryOperator<ContainerRecord> change) {
        ContainerRecord record = onDisk(id);
        owner.orElseThrow().close();
        records().put(id, change.apply(record));
        giveUp();
    }

    /** Makes a record one that nobody can read. */
    void spoil(String id) {
        owner.orElseThrow().close();
        database.orElseThrow().records("containers", Resources.class).put(id, Resources.none());
        giveUp();
    }

    private RecordStore<ContainerRecord> records() {
        return database.orElseThrow().records("containers", ContainerRecord.class);
    }

    /** The ids of all containers of which anything at all is left in the world. */
    Set<String> held() {
        Set<String> ids = new TreeSet<>(runtime.ids());
        ids.addAll(names(directory.resolve("root/containers")));
        ids.addAll(names(directory.resolve("state/containers")));
        snapshotter.snapshots().forEach(key -> ids.add(key.substring("container-".length())));
        snapshotter.mounts().values().forEach(key -> ids.add(key.substring("container-".length())));
        cgroup.controllers()
                .forEach(controller -> cgroup.directory(controller, cgroupParent)
                        .ifPresent(parent -> ids.addAll(directories(parent))));
        return ids;
    }

    void awaitNothingHeld() {
        await(() -> held().isEmpty() && owner.orElseThrow().holding().isEmpty());
        assertThat(held()).isEmpty();
        assertThat(owner.orElseThrow().holding()).isEmpty();
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.onSpinWait();
            try {
                Thread.sleep(5);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }
    }

    Path directory() {
        return directory;
    }

    Cgroup cgroup() {
        return cgroup;
    }

    @Override
    public void close() {
        giveUp();
        runtime.ids().forEach(runtime::kill);
        watch.close();
        cgroup.processes(cgroupParent)
                .forEach(pid -> ProcessIdentity.of(pid).ifPresent(process -> process.signal(KERNEL, Kernel.SIGKILL)));
        await(() -> cgroup.processes(cgroupParent).isEmpty());
        cgroup.remove(cgroupParent);
    }

    private static List<String> directories(Path parent) {
        return names(parent).stream()
                .filter(name -> Files.isDirectory(parent.resolve(name)))
                .toList();
    }

    private static List<String> names(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.map(child -> child.getFileName().toString()).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
