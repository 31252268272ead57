package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.container.Exit;
import io.holdfast.container.OciRuntime.Exec;
import io.holdfast.container.OciRuntime.Output;
import io.holdfast.container.OciRuntime.Request;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A directory, a cgroup and a runtime of its own, for real containers made of busybox; all of it goes at the end. */
final class Lab implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(20);
    private static final String PROCESS = """
        {"args": %s, "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0}, "noNewPrivileges": true,
         "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]}}\
        """;
    private static final String CONFIG = """
        {"ociVersion": "1.0.2", "hostname": "lab", "root": {"path": "%s"}, "process": %s,
         "mounts": [
          {"destination": "/proc", "type": "proc", "source": "proc"},
          {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
          {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
           "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666"]}],
         "linux": {"cgroupsPath": "%s", "resources": {"memory": {"limit": 67108864}},
          "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}, {"type": "network"}]}}\
        """;

    final Kernel kernel = new Kernel();
    final Cgroup cgroup = Cgroup.at(Path.of("/sys/fs/cgroup"));
    final Path directory;
    final String group;
    final Handler handler;
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final Subprocess subprocess = new Subprocess(kernel, watch);
    private final List<Request> made = new ArrayList<>();
    private ShimRuntime runtime;

    Lab(Path binary) {
        try {
            String name = "hfshim-"
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
            directory = Files.createDirectory(Path.of("/tmp", name));
            group = "/" + name;
            handler = new Handler(
                    "lab",
                    binary,
                    directory.resolve("root"),
                    Path.of(System.getProperty("holdfast.test.conmon", "/usr/bin/conmon")),
                    group + "/monitors",
                    false);
            runtime = another();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    ShimRuntime runtime() {
        return runtime;
    }

    /** As a new daemon would have it. */
    ShimRuntime another() {
        return new ShimRuntime(handler, kernel, watch, subprocess, cgroup);
    }

    /** One that believes these to be the groups. */
    ShimRuntime over(Cgroup groups) {
        return new ShimRuntime(handler, kernel, watch, subprocess, groups);
    }

    /** From now on the runtime is the one behind another binary. */
    void use(Path binary) {
        Handler other = new Handler(
                "other", binary, handler.root(), handler.conmon(), handler.monitorCgroup(), handler.systemdCgroup());
        runtime = new ShimRuntime(other, kernel, watch, subprocess, cgroup);
    }

    /** A bundle whose program is a line of shell, and a log. */
    Request shell(String line) {
        return request(true, "sh", "-c", line);
    }

    Request request(boolean logged, String... command) {
        String id = "c" + made.size()
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        Path bundle = directory.resolve(id).resolve("bundle");
        try {
            Files.createDirectories(bundle);
            Path root = rootfs(bundle);
            Files.writeString(
                    bundle.resolve("config.json"), CONFIG.formatted(root, process(command), group + "/" + id));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        Output output = logged
                ? new Output.Logged(Optional.of(directory.resolve(id + ".log")), false, false, false)
                : new Output.Nowhere();
        Request request = new Request(id, bundle, directory.resolve(id).resolve("monitor"), group + "/" + id, output);
        made.add(request);
        return request;
    }

    static Request with(Request request, Output output) {
        return new Request(request.id(), request.bundle(), request.monitorDirectory(), request.cgroup(), output);
    }

    /** The same with a stdin that stays open, or a terminal. */
    Request with(Request request, boolean stdin, boolean tty) {
        Path config = request.bundle().resolve("config.json");
        try {
            Files.writeString(
                    config, Files.readString(config).replace("\"cwd\"", "\"terminal\": " + tty + ", \"cwd\""));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        return with(
                request, new Output.Logged(Optional.of(directory.resolve(request.id() + ".log")), stdin, false, tty));
    }

    static String process(String... command) {
        List<String> quoted = new ArrayList<>();
        for (String word : command) {
            quoted.add('"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
        }
        return PROCESS.formatted(quoted);
    }

    static Exec exec(Duration limit, String line) {
        return new Exec(process("sh", "-c", line), 16 << 20, Optional.of(limit));
    }

    /** Creates and starts it. */
    Running run(Request request) {
        ProcessIdentity init = runtime.create(request);
        Running running = new Running(request, init, new CompletableFuture<>());
        runtime.onExit(request, init, running.exit()::complete);
        runtime.start(request.id());
        return running;
    }

    Running run(String line) {
        return run(shell(line));
    }

    record Running(Request request, ProcessIdentity init, CompletableFuture<Exit> exit) {
        Exit awaitExit() {
            try {
                return exit.get(SOON.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception failed) {
                throw new AssertionError("no exit of " + request.id(), failed);
            }
        }
    }

    List<String> log(Request request) {
        try {
            return Files.readAllLines(directory.resolve(request.id() + ".log"));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    ProcessIdentity monitor(Request request) {
        ContainerFiles files = ContainerFiles.of(request);
        await("its monitor", () -> ContainerFiles.pid(files.monitorPid()).isPresent());
        return ProcessIdentity.of(ContainerFiles.pid(files.monitorPid()).orElseThrow())
                .orElseThrow();
    }

    void kill(ProcessIdentity process, int signal) {
        process.signal(kernel, signal);
        if (signal == Kernel.SIGKILL) {
            assertThat(watch.awaitExit(process, SOON)).isTrue();
        }
    }

    void freeze(Request request, boolean on) {
        Path freezer = cgroup.directory("freezer", request.cgroup()).orElseThrow();
        Path state = freezer.resolve(cgroup.unified() ? "cgroup.freeze" : "freezer.state");
        String wanted = cgroup.unified() ? on ? "1" : "0" : on ? "FROZEN" : "THAWED";
        try {
            Files.writeString(state, wanted);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        await(wanted, () -> Cgroup.read(state).orElse("").strip().equals(wanted));
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    /** Nothing of the container is left in the kernel or below the runtime's root. */
    void assertGone(Request request) {
        assertThat(cgroup.processes(request.cgroup())).isEmpty();
        for (String controller : cgroup.controllers()) {
            assertThat(cgroup.directory(controller, request.cgroup()).orElseThrow())
                    .doesNotExist();
        }
        assertThat(handler.root().resolve(request.id())).doesNotExist();
        assertThat(processesNaming(request.id())).isEmpty();
    }

    /** The command lines of living processes that name this text. */
    static List<String> processesNaming(String text) {
        try (var all = Files.list(Path.of("/proc"))) {
            return all.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .map(Lab::commandLine)
                    .filter(line -> line.contains(text))
                    .toList();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Empty where the process is gone by now. */
    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }

    @Override
    public void close() {
        use(handler.binary());
        made.forEach(runtime::delete);
        made.forEach(this::assertGone);
        await("the monitors' end", () -> cgroup.processes(group).isEmpty());
        cgroup.remove(group);
        watch.close();
        try (var all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Path rootfs(Path bundle) throws IOException {
        Path root = bundle.resolve("rootfs");
        for (String name : List.of("bin", "proc", "dev", "tmp")) {
            Files.createDirectories(root.resolve(name));
        }
        Path busybox = Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String applet :
                List.of("sh", "sleep", "cat", "ls", "head", "yes", "true", "setsid", "dd", "tr", "env", "test")) {
            Files.createSymbolicLink(root.resolve("bin").resolve(applet), busybox.getFileName());
        }
        Files.writeString(root.resolve("bin/text"), "no program");
        return root;
    }
}
