package io.holdfast.it.bench;

import io.grpc.StatusRuntimeException;
import io.holdfast.it.Await;
import io.holdfast.it.Endpoint;
import io.holdfast.it.TestNetwork;
import io.holdfast.runtime.v1.Cri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Debian's containerd on directories of its own, with the OCI runtime and the kind of network that Holdfast is measured with. */
final class ContainerdDaemon implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final Process process;

    /** Starts it; {@code runtime} is the OCI runtime's binary (its name is the handler's), {@code pause} the image that holds sandboxes. */
    ContainerdDaemon(Path directory, String runtime, TestNetwork network, String pause) {
        this.directory = directory;
        try {
            var config = Files.writeString(directory.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/run"
                disabled_plugins = ["io.containerd.internal.v1.opt"]
                [grpc]
                  address = "%2$s"
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "%5$s"
                  restrict_oom_score_adj = true
                  disable_apparmor = true
                  tolerate_missing_hugetlb_controller = true
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "%6$s"
                    conf_dir = "%4$s"
                  [plugins."io.containerd.grpc.v1.cri".containerd]
                    default_runtime_name = "%7$s"
                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.%7$s]
                    runtime_type = "io.containerd.runc.v2"
                    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.%7$s.options]
                      BinaryName = "%3$s"
                """.formatted(
                            directory,
                            socket(),
                            runtime,
                            network.configDirectory(),
                            pause,
                            TestNetwork.PLUGINS,
                            Path.of(runtime).getFileName()));
            this.process = new ProcessBuilder("containerd", "--config", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("start containerd (Debian's package containerd)", e);
        }
        try {
            Await.until("containerd to be ready; its log is in " + directory, PATIENCE, this::ready);
        } catch (AssertionError never) {
            close();
            throw never;
        }
    }

    Path socket() {
        return directory.resolve("s");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private boolean ready() {
        if (!Files.exists(socket())) {
            return false;
        }
        try (var endpoint = new Endpoint(socket())) {
            return endpoint
                    .runtime()
                    .status(Cri.StatusRequest.getDefaultInstance())
                    .getStatus()
                    .getConditionsList()
                    .stream()
                    .allMatch(Cri.RuntimeCondition::getStatus);
        } catch (StatusRuntimeException e) {
            return false;
        }
    }
}
