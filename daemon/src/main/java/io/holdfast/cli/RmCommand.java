package io.holdfast.cli;

import io.holdfast.runtime.v1.Cri;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stops pods, their containers first, and removes all of them. */
@Command(name = "rm", description = "Stops and removes pods.")
final class RmCommand implements Runnable {
    @Mixin
    private SocketOption socket;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "For each container between its stop signal and SIGKILL; ${DEFAULT-VALUE} otherwise.")
    private long grace;

    @Parameters(paramLabel = "POD", arity = "1..*", description = "By name or the beginning of an id.")
    private List<String> names;

    @Override
    public void run() {
        try (Connection daemon = socket.connect()) {
            Pods pods = new Pods(daemon);
            for (String name : names) {
                String id = pods.pod(name).getId();
                pods.containersOf(id).stream()
                        .filter(container -> container.getState() == Cri.ContainerState.CONTAINER_RUNNING)
                        .forEach(container -> stop(pods, container));
                remove(pods, id);
            }
        }
    }

    private void stop(Pods pods, Cri.Container container) {
        pods.runtime()
                .stopContainer(Cri.StopContainerRequest.newBuilder()
                        .setContainerId(container.getId())
                        .setTimeout(grace)
                        .build());
    }

    /** Ends and removes the pod at once, with whatever of its containers still runs. */
    static void remove(Pods pods, String id) {
        pods.runtime()
                .stopPodSandbox(Cri.StopPodSandboxRequest.newBuilder()
                        .setPodSandboxId(id)
                        .build());
        pods.runtime()
                .removePodSandbox(Cri.RemovePodSandboxRequest.newBuilder()
                        .setPodSandboxId(id)
                        .build());
    }
}
