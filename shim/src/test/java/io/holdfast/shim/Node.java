package io.holdfast.shim;

import io.holdfast.container.ContainerConfig;
import io.holdfast.container.ContainerState;
import io.holdfast.container.Containers;
import io.holdfast.container.Machine;
import io.holdfast.container.PodEnvironment;
import io.holdfast.container.Resources;
import io.holdfast.container.Security;
import io.holdfast.image.Image;
import io.holdfast.image.ImageConfig;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import io.holdfast.metadata.Database;
import io.holdfast.snapshot.Layer;
import io.holdfast.snapshot.OverlaySnapshotter;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.snapshot.Tar;
import io.holdfast.work.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

/** Containers on all real parts: overlayfs, an OCI runtime, conmon and cgroups; in the host's namespaces but for pids. */
final class Node implements AutoCloseable {
    static final String SANDBOX = "5a".repeat(32);
    private static final String LAYER = "sha256:" + "1a".repeat(32);

    final Kernel kernel = new Kernel();
    final Cgroup cgroup = Cgroup.at(Path.of("/sys/fs/cgroup"));
    final Path directory;
    private final String group;
    private final Path binary;
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final Subprocess subprocess = new Subprocess(kernel, watch);
    private ImageConfig image = image(List.of());
    private Optional<Database> database = Optional.empty();
    private Optional<Containers> containers = Optional.empty();

    Node(Path binary) {
        this.binary = binary;
        String name = "hfnode-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        this.group = "/" + name;
        try {
            this.directory = Files.createDirectory(Path.of("/tmp", name));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        restart();
    }

    Containers containers() {
        return containers.orElseThrow();
    }

    void volumes(String... places) {
        image = image(List.of(places));
    }

    /** A new daemon over what the former one left, which is given up without a word. */
    Containers restart() {
        containers.ifPresent(Containers::close);
        database.ifPresent(Database::close);
        Database opened = Database.open(directory.resolve("holdfast.db"), Failpoints.none());
        Snapshotter snapshotter = new OverlaySnapshotter(kernel, directory.resolve("snapshots"), opened);
        unpack(snapshotter);
        Handler handler = new Handler(
                "real", binary, directory.resolve("oci"), Path.of("/usr/bin/conmon"), group + "/monitors", false);
        Containers owner = new Containers(new Containers.Parts(
                directory.resolve("root"),
                directory.resolve("state"),
                opened,
                _ -> Optional.of(new Image(
                        "sha256:" + "2b".repeat(32), List.of("r/i:1"), List.of(), 1, image, List.of(LAYER), false)),
                snapshotter,
                Map.of("real", new ShimRuntime(handler, kernel, watch, subprocess, cgroup)),
                kernel,
                cgroup,
                watch,
                subprocess,
                Machine.read(cgroup),
                Failpoints.none()));
        database = Optional.of(opened);
        containers = Optional.of(owner);
        owner.recover();
        return owner;
    }

    /** Created and started. */
    String run(String line) {
        return run(shell(line));
    }

    String run(ContainerConfig config) {
        String id = containers().create(pod(), config);
        containers().start(id);
        return id;
    }

    ContainerState.Exited exited(String id) {
        Lab.await("its exit", () -> containers().find(id).state() instanceof ContainerState.Exited);
        return (ContainerState.Exited) containers().find(id).state();
    }

    String log(String id) {
        try {
            return Files.readString(containers().find(id).logPath().orElseThrow());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    PodEnvironment pod() {
        return new PodEnvironment(
                SANDBOX,
                "real",
                new PodEnvironment.Pod("pod", "default", "uid", "pod", Map.of(), false),
                Optional.empty(),
                ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow(),
                true,
                true,
                true,
                group,
                Optional.of(directory.resolve("logs")),
                new PodEnvironment.Files(Path.of("/etc/resolv.conf"), Path.of("/etc/hostname"), Path.of("/dev/shm")));
    }

    static ContainerConfig shell(String line) {
        return config(List.of("sh", "-c", line), Resources.none(), new Security.PidNamespace.Container(), false);
    }

    static ContainerConfig config(
            List<String> command, Resources resources, Security.PidNamespace pid, boolean readonlyRootfs) {
        String name =
                "c" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        return new ContainerConfig(
                name,
                0,
                new ContainerConfig.ImageChoice("r/i:1", Map.of(), "", ""),
                command,
                List.of(),
                "",
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                name + ".log",
                new ContainerConfig.Terminal(false, false, false),
                resources,
                security(pid, readonlyRootfs),
                Optional.empty());
    }

    static Resources memory(long bytes) {
        return new Resources(0, 0, 0, bytes, bytes, 0, "", "", Map.of(), Map.of());
    }

    private static Security security(Security.PidNamespace pid, boolean readonlyRootfs) {
        return new Security(
                false,
                pid,
                new Security.Capabilities(List.of(), List.of(), List.of()),
                new Security.RunAs.ImageDefault(),
                OptionalLong.empty(),
                List.of(),
                Security.GroupsPolicy.MERGE,
                readonlyRootfs,
                false,
                List.of(),
                List.of(),
                new Security.Seccomp.RuntimeDefault(),
                new Security.Apparmor.RuntimeDefault(),
                Optional.empty());
    }

    private static ImageConfig image(List<String> volumes) {
        return new ImageConfig(List.of(), List.of("sh"), List.of("PATH=/bin"), "", "", "", volumes, Map.of());
    }

    private static void unpack(Snapshotter snapshotter) {
        if (snapshotter.has(LAYER)) {
            return;
        }
        Tar tar = new Tar()
                .directory("bin/")
                .directory("proc/")
                .directory("dev/")
                .directory("sys/")
                .directory("etc/");
        tar.directory("data/").file("data/from-the-image", "content");
        tar.mode(0755).file("bin/busybox", busybox());
        for (String applet : List.of("sh", "sleep", "cat", "tail", "echo", "ls", "test", "setsid", "true")) {
            tar.symlink("bin/" + applet, "busybox");
        }
        Layer layer = snapshotter.begin("a test");
        layer.apply(tar.stream());
        snapshotter.commit(layer, List.of(LAYER));
    }

    private static String busybox() {
        try {
            return Files.readString(Path.of("/bin/busybox"), StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What is left of all containers, as the kernel and the disk have it. */
    List<String> left() {
        UnaryOperator<String> mine = text -> text;
        List<String> left = new java.util.ArrayList<>(Lab.processesNaming(directory.toString()));
        try {
            Files.readString(Path.of("/proc/self/mountinfo"))
                    .lines()
                    .filter(line -> line.contains(directory + "/state"))
                    .map(mine)
                    .forEach(left::add);
            for (String tree : List.of("root/containers", "state/containers", "oci")) {
                try (var names = Files.list(Files.createDirectories(directory.resolve(tree)))) {
                    names.map(Path::toString).forEach(left::add);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return left;
    }

    @Override
    public void close() {
        containers().removeAll(SANDBOX);
        Lab.await(
                "everything to be released",
                () -> left().isEmpty() && containers().holding().isEmpty());
        containers().close();
        database.orElseThrow().close();
        watch.close();
        Lab.await("the monitors' end", () -> cgroup.processes(group).isEmpty());
        cgroup.remove(group);
        try (var all = Files.walk(directory)) {
            for (Path path : all.toList().reversed()) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
