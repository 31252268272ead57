package io.holdfast.it;

import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.v1.AdminWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Holdfast's distribution, run from {@code daemon/target/dist} (or {@code -Dholdfast.dist}) on directories and a bridge
 * network of its own, so that several can run beside each other. It can be killed and started again.
 */
public final class HoldfastDaemon implements Subject {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final TestNetwork network;
    private final Path config;
    private Process process;

    /** Prepares the configuration in a directory; {@link #start} runs it. */
    public HoldfastDaemon(Path directory) {
        this(directory, "");
    }

    /** Prepares the configuration with tables (TOML) of the test's own at its end. */
    public HoldfastDaemon(Path directory, String tables) {
        this.directory = directory;
        this.network = new TestNetwork(directory, ThreadLocalRandom.current().nextInt(1 << 16));
        this.config = writeConfig(tables);
    }

    @Override
    public Path socket() {
        return directory.resolve("s");
    }

    public long pid() {
        return process.pid();
    }

    /** The memory that the daemon holds, in bytes. */
    public long residentBytes() {
        try (var status = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
            var kibibytes = status.filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(kibibytes) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command line of the same distribution. */
    public Path command() {
        return distribution().resolve("bin/holdfast");
    }

    /** Where the distribution is that this is a daemon of. */
    static Path distribution() {
        return Path.of(System.getProperty("holdfast.dist", "../daemon/target/dist"))
                .toAbsolutePath()
                .normalize();
    }

    public TestNetwork network() {
        return network;
    }

    @Override
    public Set<String> marks() {
        return Set.of(directory.toString(), " master " + network.bridge(), network.prefix());
    }

    /**
     * Files of sandboxes and containers, addresses in use, and while the daemon runs what it says that it holds. What it
     * keeps of images and for all pods alike is no trace of a pod.
     */
    @Override
    public Set<String> traces() {
        var traces = new TreeSet<String>();
        for (var kept : List.of("root/containers", "run/sandboxes", "run/containers", "run/netns")) {
            traces.addAll(below(directory.resolve(kept), 1));
        }
        traces.addAll(below(directory.resolve("run/runtimes"), 2));
        traces.addAll(writableSnapshots());
        network.leased().forEach(address -> traces.add("address " + address + " in " + directory));
        holders().forEach(holder -> traces.add("held in " + directory + ": " + holder));
        return traces;
    }

    /** Starts the daemon and waits until it says that runtime and network are ready. */
    public void start() {
        start(_ -> true);
    }

    /** Starts the daemon and waits until it says that the conditions that count are met. */
    public void start(Predicate<String> counts) {
        process = launch();
        Await.until("holdfastd to be ready; its log is " + log(), PATIENCE, () -> ready(counts));
    }

    /** Hosts' directories of registry configuration, as in {@code certs.d/<host>/hosts.toml}. */
    public Path registries() {
        return directory.resolve("certs.d");
    }

    /** Ends the daemon as a crash would. */
    public void kill() {
        // The launcher execs the JVM, so that there is one process and it has no children but helpers at work.
        process.destroyForcibly();
        awaitEnd();
    }

    /** Ends the daemon as an administrator would, with SIGTERM, and answers its exit code. */
    public int terminate() {
        process.destroy();
        awaitEnd();
        return process.exitValue();
    }

    /** The daemon's log so far. */
    public String logText() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (network) {
            if (process.isAlive()) {
                terminate();
            }
            unmountPauseRoots();
        }
    }

    /** Layers have no directory for overlayfs to work in. A pause image has one snapshot, which is kept for all pods. */
    private List<String> writableSnapshots() {
        if (Files.isDirectory(directory.resolve("run/pause"))) {
            return List.of();
        }
        return below(directory.resolve("root/snapshots"), 2).stream()
                .filter(path -> path.endsWith("/work"))
                .toList();
    }

    private List<String> holders() {
        if (process == null || !process.isAlive()) {
            return List.of();
        }
        try (var endpoint = new Endpoint(socket())) {
            return endpoint.admin().holds(AdminWire.HoldsRequest.getDefaultInstance()).getHoldersList().stream()
                    .map(holder -> holder.getKind() + " " + holder.getId() + " " + holder.getHoldsList())
                    .toList();
        }
    }

    /** What is exactly so deep, without the hidden caches of OCI runtimes. */
    private static List<String> below(Path directory, int depth) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var all =
                Files.find(directory, depth, (path, _) -> path.getNameCount() - directory.getNameCount() == depth)) {
            return all.map(Path::toString).filter(path -> !path.contains("/.")).toList();
        } catch (IOException | UncheckedIOException e) {
            // Something went while we looked: whoever removed it is still at work, so look again.
            return below(directory, depth);
        }
    }

    /** The root of a configured pause image is mounted once for all sandboxes, and outlives the daemon as they do. */
    private void unmountPauseRoots() {
        var roots = directory.resolve("run/pause");
        if (!Files.isDirectory(roots)) {
            return;
        }
        try (var mounted = Files.list(roots)) {
            mounted.forEach(root -> Shell.run("umount", root.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path log() {
        return directory.resolve("log");
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("holdfastd did not end within " + PATIENCE + "; its log is " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private boolean ready(Predicate<String> counts) {
        if (!process.isAlive()) {
            throw new AssertionError("holdfastd exited with " + process.exitValue() + ": " + logText());
        }
        if (!Files.exists(socket())) {
            return false;
        }
        try (var endpoint = new Endpoint(socket())) {
            var status = endpoint.runtime().status(Cri.StatusRequest.getDefaultInstance());
            var conditions = status.getStatus().getConditionsList();
            return !conditions.isEmpty()
                    && conditions.stream()
                            .filter(condition -> counts.test(condition.getType()))
                            .allMatch(Cri.RuntimeCondition::getStatus);
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private Process launch() {
        var binary = distribution().resolve("bin/holdfastd");
        try {
            return new ProcessBuilder(List.of(binary.toString(), "--config", config.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("start " + binary + " (`mvn package` makes it)", e);
        }
    }

    private Path writeConfig(String tables) {
        var runtime = System.getProperty("cri.runtime", "");
        try {
            return Files.writeString(directory.resolve("config.toml"), """
                root = "%1$s/root"
                state = "%1$s/run"
                socket = "%2$s"
                default_runtime = "%3$s"
                # The suite's pods have paths for their cgroups, as with any runtime it tests, on systemd's machines too.
                cgroup_driver = "cgroupfs"

                [runtimes.crun]
                path = "%4$s"

                [runtimes.runc]
                path = "%5$s"

                [cni]
                conf_dir = "%6$s"
                bin_dirs = ["%7$s"]

                [registry]
                config_path = "%8$s"

                %9$s
                """.formatted(
                            directory,
                            socket(),
                            runtime.isEmpty() ? "crun" : runtime,
                            System.getProperty("cri.runtime.crun", "/usr/bin/crun"),
                            System.getProperty("cri.runtime.runc", "/usr/sbin/runc"),
                            network.configDirectory(),
                            TestNetwork.PLUGINS,
                            registries(),
                            tables));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
