package io.holdfast.cli;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.work.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Prints a container's log. The file's lines are {@code TIME STREAM TAG TEXT}, where the tag P marks a line that the
 * next one continues (Kubernetes' CRI log format).
 */
@Command(name = "logs", description = "Prints what a container wrote; its standard error goes to ours.")
final class LogsCommand implements Callable<Integer> {
    private static final int PARTS = 4;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SocketOption socket;

    @Option(names = "--timestamps", description = "With the time of each line.")
    private boolean timestamps;

    @Parameters(paramLabel = "POD[/CONTAINER]", description = "By name or the beginning of an id.")
    private String container;

    @Override
    public Integer call() throws IOException {
        Path log = path();
        if (Files.notExists(log)) {
            throw new Failure.NotFound(container + ": its log " + log + " is not there; was it removed?");
        }
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                print(line);
            }
        }
        spec.commandLine().getOut().flush();
        spec.commandLine().getErr().flush();
        return 0;
    }

    private Path path() {
        try (Connection daemon = socket.connect()) {
            Pods pods = new Pods(daemon);
            String id = pods.container(container).getId();
            return Path.of(pods.runtime()
                    .containerStatus(Cri.ContainerStatusRequest.newBuilder()
                            .setContainerId(id)
                            .build())
                    .getStatus()
                    .getLogPath());
        }
    }

    private void print(String line) {
        String[] parts = line.split(" ", PARTS);
        if (parts.length < PARTS) {
            return;
        }
        PrintWriter out = parts[1].equals("stderr")
                ? spec.commandLine().getErr()
                : spec.commandLine().getOut();
        out.print((timestamps ? parts[0] + " " : "") + parts[PARTS - 1] + (parts[2].startsWith("P") ? "" : "\n"));
    }
}
