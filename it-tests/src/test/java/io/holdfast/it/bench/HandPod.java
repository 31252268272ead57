package io.holdfast.it.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.it.Rig;
import io.holdfast.it.Scratch;
import io.holdfast.it.Shell;
import io.holdfast.it.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One pod by hand with the helpers a runtime calls, one after another: the chain of CNI plugins, a pause container and a
 * container through the OCI runtime. Bundles, root filesystems and the network namespace are ready before the clock runs.
 */
final class HandPod {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Scratch scratch;
    private final String name;
    private final String runtime;
    private final Path directory;
    private final HandNetwork network;

    /** Prepares a pod: {@code root} is the root filesystem that both containers use, {@code runtime} the OCI runtime's binary. */
    HandPod(Rig rig, String name, String runtime, Path root, TestNetwork network) {
        this.scratch = rig.scratch();
        this.name = name;
        this.runtime = runtime;
        this.directory = rig.directory();
        this.network = new HandNetwork(network, name, namespace());
        bundle("pause", root);
        bundle("main", root);
    }

    void up(Timings timings) {
        // A runtime makes the namespace by system calls of its own, so that this helper is not part of the floor.
        timings.time("(ip netns add, not counted)", () -> Shell.run("ip", "netns", "add", name));
        long begin = System.nanoTime();
        timings.run("RunPodSandbox", () -> {
            timings.run("  CNI ADD", network::add);
            timings.run("  pause create + start", () -> run("pause"));
        });
        timings.run("CreateContainer", () -> create("main"));
        timings.run("StartContainer", () -> start("main"));
        timings.note(PodLife.UP, System.nanoTime() - begin);
        timings.time("ExecSync", () -> Shell.run(runtime, "exec", name + "-main", "true"));
    }

    void down(Timings timings) {
        long begin = System.nanoTime();
        timings.run("StopContainer", () -> delete("main"));
        timings.run("StopPodSandbox", () -> {
            delete("pause");
            timings.run("  CNI DEL", network::delete);
        });
        timings.note(PodLife.DOWN, System.nanoTime() - begin);
        timings.time("(ip netns delete, not counted)", () -> Shell.run("ip", "netns", "delete", name));
        scratch.removeCgroup(scratch.podCgroup(name));
    }

    private Path namespace() {
        return Path.of("/run/netns", name);
    }

    private void run(String container) {
        create(container);
        start(container);
    }

    private void create(String container) {
        // The runtime's streams become the container's, so they must not be pipes that we wait for the end of.
        try {
            var process = new ProcessBuilder(
                            runtime,
                            "create",
                            "--bundle",
                            directory.resolve(container).toString(),
                            name + "-" + container)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(directory.resolve("errors").toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new AssertionError(runtime + " create: " + Files.readString(directory.resolve("errors")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void start(String container) {
        Shell.run(runtime, "start", name + "-" + container);
    }

    private void delete(String container) {
        Shell.run(runtime, "delete", "--force", name + "-" + container);
    }

    /** The runtime's own idea of an ordinary container, with our command and the pod's network. */
    private void bundle(String container, Path root) {
        var bundle = directory.resolve(container);
        try {
            Files.createDirectories(bundle);
            Shell.run(runtime, "spec", "--bundle", bundle.toString());
            var file = bundle.resolve("config.json");
            var spec = (ObjectNode) JSON.readTree(file.toFile());
            var process = (ObjectNode) spec.get("process");
            process.put("terminal", false);
            process.putPOJO("args", List.of("sleep", "3600"));
            spec.putPOJO("root", Map.of("path", root.toString(), "readonly", false));
            var linux = (ObjectNode) spec.get("linux");
            linux.put("cgroupsPath", scratch.podCgroup(name) + "/" + container);
            linux.putPOJO("namespaces", namespaces());
            JSON.writeValue(file.toFile(), spec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Map<String, String>> namespaces() {
        return List.of(
                Map.of("type", "pid"),
                Map.of("type", "ipc"),
                Map.of("type", "uts"),
                Map.of("type", "mount"),
                Map.of("type", "network", "path", namespace().toString()));
    }
}
