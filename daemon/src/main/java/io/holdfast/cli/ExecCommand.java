package io.holdfast.cli;

import io.holdfast.runtime.v1.Cri;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command in a container to its end, and ends with its exit code. */
@Command(name = "exec", description = "Runs a command in a container, without input, and prints what it wrote.")
final class ExecCommand implements Callable<Integer> {
    @Mixin
    private SocketOption socket;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Kill it after so long; otherwise never.")
    private long timeout;

    @Parameters(index = "0", paramLabel = "POD[/CONTAINER]", description = "By name or the beginning of an id.")
    private String container;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "The program and its arguments.")
    private List<String> command;

    @Override
    public Integer call() {
        try (Connection daemon = socket.connect()) {
            Pods pods = new Pods(daemon);
            Cri.ExecSyncResponse response = pods.runtime()
                    .execSync(Cri.ExecSyncRequest.newBuilder()
                            .setContainerId(pods.container(container).getId())
                            .addAllCmd(command)
                            .setTimeout(timeout)
                            .build());
            System.out.writeBytes(response.getStdout().toByteArray());
            System.out.flush();
            System.err.writeBytes(response.getStderr().toByteArray());
            return response.getExitCode();
        }
    }
}
