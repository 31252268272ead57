package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.image.ImageConfig;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Command;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import io.holdfast.oci.Bundle;
import io.holdfast.oci.CgroupName;
import io.holdfast.oci.KernelMounts;
import io.holdfast.oci.Seccomp;
import io.holdfast.oci.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A pod on an installed OCI runtime, with a pause process, whose containers run what was composed for them. */
final class RealPod implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    final Path top;
    final Path rootfs;
    final Machine machine;
    private final String runtime;
    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final Subprocess subprocess = new Subprocess(kernel, watch);
    private final Cgroup cgroup = Cgroup.at(Path.of("/sys/fs/cgroup"));
    private final String id;
    private final ProcessIdentity pause;
    private int containers;

    RealPod(String runtime) {
        this.runtime = runtime;
        this.machine = Machine.read(cgroup);
        this.top = directory();
        this.id = top.getFileName().toString();
        this.rootfs = RealRoot.make(top.resolve("rootfs"));
        write("resolv.conf", "nameserver 192.0.2.1\n");
        write("hostname", "web-0\n");
        open(make(top.resolve("shm")));
        try {
            this.pause = startPause();
        } catch (RuntimeException | AssertionError failed) {
            close();
            throw failed;
        }
    }

    /** Runs a container to its end. */
    Subprocess.Output run(Wanted wanted) {
        String container = next();
        Path bundle = bundle(container, compose(container, wanted));
        try {
            return runtime("run", "--bundle", bundle.toString(), container);
        } finally {
            runtime("delete", "--force", container);
        }
    }

    /** Starts a container, which {@link #close} removes, and answers its id. */
    String start(Wanted wanted) {
        String container = next();
        Path bundle = bundle(container, compose(container, wanted));
        requireOk(runtime("run", "--detach", "--bundle", bundle.toString(), container));
        return container;
    }

    Subprocess.Output exec(String container, List<String> command) {
        Spec running = Bundle.read(top.resolve(container));
        Path process = top.resolve(container).resolve("process.json");
        write(process, ProcessObject.of(running.process(), command, false));
        return runtime("exec", "--process", process.toString(), container);
    }

    Subprocess.Output update(String container, Resources change) {
        Path limits = top.resolve(container).resolve("limits.json");
        write(limits, Limits.update(change, machine));
        return runtime("update", "--resources", limits.toString(), container);
    }

    Spec compose(String container, Wanted wanted) {
        ContainerConfig config = wanted.config();
        try (FileTree tree = FileTree.open(kernel, rootfs)) {
            return ContainerSpec.compose(new ContainerSpec.Inputs(
                    container,
                    environment(),
                    config,
                    ImageConfig.none(),
                    rootfs,
                    Users.resolve(tree, config, ImageConfig.none()),
                    new OciRuntime.Features("", List.of("rro"), false, Map.of()),
                    machine,
                    new Groundworks(kernel).lay(config),
                    Optional.of(pause)));
        }
    }

    String read(String controller, String container, String file) {
        String group = new CgroupName("/" + id, container).inTree();
        return Cgroup.read(cgroup.directory(controller, group).orElseThrow().resolve(file))
                .orElseThrow()
                .strip();
    }

    Path make(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Path write(String name, String text) {
        return write(top.resolve(name), text);
    }

    @Override
    public void close() {
        for (int number = containers; number > 0; number--) {
            runtime("delete", "--force", id + "-" + number);
        }
        cgroup.remove("/" + id);
        watch.close();
        try (var all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private ProcessIdentity startPause() {
        String container = next();
        Path bundle = bundle(container, pauseSpec(container));
        Path pidFile = bundle.resolve("pid");
        requireOk(runtime("create", "--pid-file", pidFile.toString(), "--bundle", bundle.toString(), container));
        requireOk(runtime("start", container));
        try {
            return ProcessIdentity.of(Long.parseLong(Files.readString(pidFile).strip()))
                    .orElseThrow();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Spec pauseSpec(String container) {
        Spec.Cpu cpu = new Spec.Cpu(OptionalLong.of(2), OptionalLong.empty(), OptionalLong.empty(), "", "");
        return new Spec(
                Spec.VERSION,
                new Spec.Process(
                        false,
                        new Spec.User(65535, 65535, OptionalInt.empty(), List.of()),
                        List.of("/pause", "-P"),
                        List.of(),
                        "/",
                        Spec.Capabilities.none(),
                        List.of(),
                        true,
                        "",
                        OptionalInt.of(machine.oomScoreAdjFor(-998)),
                        ""),
                new Spec.Root(rootfs.toString(), true),
                "web-0",
                KernelMounts.minimal(),
                Map.of(),
                new Spec.Linux(
                        Map.of("net.ipv4.ip_unprivileged_port_start", "0"),
                        new Spec.Resources(
                                List.of(Spec.DeviceRule.every(false)),
                                Optional.empty(),
                                Optional.of(cpu),
                                List.of(),
                                Map.of()),
                        new CgroupName("/" + id, container).inSpec(),
                        List.of("mount", "pid", "ipc", "uts", "network").stream()
                                .map(Spec.Namespace::fresh)
                                .toList(),
                        List.of(),
                        Optional.of(Seccomp.pausing(machine.arch())),
                        "",
                        List.of(),
                        List.of(),
                        ""));
    }

    private PodEnvironment environment() {
        return new PodEnvironment(
                id,
                runtime,
                new PodEnvironment.Pod("web-0", "default", "uid-1", "web-0", Map.of(), true),
                Optional.of(Path.of("/proc/" + pause.pid() + "/ns/net")),
                pause,
                false,
                false,
                false,
                "/" + id,
                Optional.empty(),
                new PodEnvironment.Files(top.resolve("resolv.conf"), top.resolve("hostname"), top.resolve("shm")));
    }

    private Path bundle(String container, Spec spec) {
        Path bundle = make(top.resolve(container));
        Bundle.write(bundle, spec);
        return bundle;
    }

    private Subprocess.Output runtime(String... arguments) {
        List<String> argv = new ArrayList<>(
                List.of(runtime, "--root", top.resolve("runtime").toString()));
        argv.addAll(List.of(arguments));
        return subprocess.run(Command.of(LIMIT, argv));
    }

    private static void requireOk(Subprocess.Output output) {
        assertThat(output.ok()).as(output.out() + output.err()).isTrue();
    }

    private String next() {
        containers++;
        return id + "-" + containers;
    }

    private Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void open(Path directory) {
        try {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("holdfast-oci-");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
