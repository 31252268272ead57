package io.holdfast.cli;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.work.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a container's log. */
@Command(name = "logs", description = "Prints what a container wrote; its standard error goes to ours.")
final class LogsCommand implements Callable<Integer> {
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
        if (!Files.isRegularFile(log)) {
            throw new Failure.NotFound(container + ": its log " + log + " is not there; was it removed?");
        }
        var line = spec.commandLine();
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(log))) {
            new LogText(line.getOut(), line.getErr(), timestamps).print(bytes);
        }
        return 0;
    }

    private Path path() {
        try (Connection daemon = socket.connect()) {
            Pods pods = new Pods(daemon);
            String id = pods.container(container).getId();
            String path = pods.runtime()
                    .containerStatus(Cri.ContainerStatusRequest.newBuilder()
                            .setContainerId(id)
                            .build())
                    .getStatus()
                    .getLogPath();
            if (path.isEmpty()) {
                throw new Failure.NotFound(container + ": has no log; none was asked for when it was created");
            }
            return Path.of(path);
        }
    }
}
