package io.holdfast.cli;

import io.holdfast.runtime.v1.Cri;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a pod as a kubelet would: the sandbox, then each container. What was made of a pod that fails is removed. */
@Command(name = "run", description = "Runs the pod of a Kubernetes Pod manifest (YAML or JSON) on this node.")
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SocketOption socket;

    @Option(
            names = "--logs",
            paramLabel = "DIR",
            defaultValue = "/var/log/pods",
            description = "Where the containers' logs go, a directory a pod; ${DEFAULT-VALUE} otherwise.")
    private Path logs;

    @Parameters(paramLabel = "FILE", description = "The manifest; - is the standard input.")
    private String file;

    @Override
    public Integer call() throws IOException {
        boolean isInput = file.equals("-");
        byte[] text = isInput ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
        PodFile pod = PodFile.parse(isInput ? "the input" : file, new String(text, StandardCharsets.UTF_8));
        PodMessages messages = new PodMessages(pod, logs.toAbsolutePath());
        try (Connection daemon = socket.connect()) {
            run(new Pods(daemon), messages, pod.spec().runtimeClassName());
        }
        return 0;
    }

    private void run(Pods pods, PodMessages messages, Optional<String> handler) throws IOException {
        List<Cri.ContainerConfig> containers = messages.containers();
        containers.forEach(container -> pods.requireImage(container.getImage().getImage()));
        Cri.PodSandboxConfig config = messages.sandbox();
        Path log = Files.createDirectories(Path.of(config.getLogDirectory()));
        String id = sandbox(pods, config, handler.orElse(""), log);
        try {
            containers.forEach(container -> start(pods, id, container, config));
        } catch (RuntimeException failed) {
            attempt(failed, () -> {
                RmCommand.remove(pods, id);
                delete(log);
            });
            throw failed;
        }
        tell(pods, id, config.getMetadata().getName());
    }

    private static String sandbox(Pods pods, Cri.PodSandboxConfig config, String handler, Path log) {
        try {
            return pods.runtime()
                    .runPodSandbox(Cri.RunPodSandboxRequest.newBuilder()
                            .setConfig(config)
                            .setRuntimeHandler(handler)
                            .build())
                    .getPodSandboxId();
        } catch (RuntimeException failed) {
            attempt(failed, () -> delete(log));
            throw failed;
        }
    }

    /** Cleans up after a failure, beside which a failure to clean up is told. */
    private static void attempt(RuntimeException failed, Runnable cleaning) {
        try {
            cleaning.run();
        } catch (RuntimeException left) {
            failed.addSuppressed(left);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> below = Files.walk(directory)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("removing " + directory, failed);
        }
    }

    private static void start(Pods pods, String pod, Cri.ContainerConfig container, Cri.PodSandboxConfig config) {
        String id = pods.runtime()
                .createContainer(Cri.CreateContainerRequest.newBuilder()
                        .setPodSandboxId(pod)
                        .setConfig(container)
                        .setSandboxConfig(config)
                        .build())
                .getContainerId();
        pods.runtime()
                .startContainer(Cri.StartContainerRequest.newBuilder()
                        .setContainerId(id)
                        .build());
    }

    private void tell(Pods pods, String id, String name) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("pod " + name + " (" + Pods.shortId(id) + "): " + addresses(pods, id));
        pods.containersOf(id)
                .forEach(container -> out.println("  container "
                        + container.getMetadata().getName() + " (" + Pods.shortId(container.getId()) + ")"));
    }

    /** The pod's addresses, or that it has those of the host. */
    static String addresses(Pods pods, String id) {
        var network = pods.runtime()
                .podSandboxStatus(Cri.PodSandboxStatusRequest.newBuilder()
                        .setPodSandboxId(id)
                        .build())
                .getStatus()
                .getNetwork();
        if (network.getIp().isEmpty()) {
            return "-";
        }
        return Stream.concat(
                        Stream.of(network.getIp()),
                        network.getAdditionalIpsList().stream().map(Cri.PodIP::getIp))
                .collect(Collectors.joining(", "));
    }
}
