package io.holdfast.it;

import com.google.protobuf.ByteString;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.ContainerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A container of a test, by its id, and the calls a test makes on it. */
public record TestContainer(Node node, String id) {
    private static final Duration SOON = Duration.ofSeconds(20);

    public TestContainer start() {
        node.runtime()
                .startContainer(Cri.StartContainerRequest.newBuilder()
                        .setContainerId(id)
                        .build());
        return this;
    }

    /** Stops with a grace period in seconds. */
    public void stop(long grace) {
        node.runtime()
                .stopContainer(Cri.StopContainerRequest.newBuilder()
                        .setContainerId(id)
                        .setTimeout(grace)
                        .build());
    }

    public void remove() {
        node.runtime()
                .removeContainer(Cri.RemoveContainerRequest.newBuilder()
                        .setContainerId(id)
                        .build());
    }

    public Cri.ContainerStatus status() {
        return statusReply(false).getStatus();
    }

    public Cri.ContainerStatusResponse statusReply(boolean verbose) {
        return node.runtime()
                .containerStatus(Cri.ContainerStatusRequest.newBuilder()
                        .setContainerId(id)
                        .setVerbose(verbose)
                        .build());
    }

    public ContainerState state() {
        return status().getState();
    }

    public Cri.ContainerStatus awaitExit() {
        return Await.until(
                "container " + id + " to exit",
                SOON,
                this::status,
                status -> status.getState() == ContainerState.CONTAINER_EXITED);
    }

    /** ExecSync with a timeout in seconds; 0 is none. */
    public Cri.ExecSyncResponse exec(long timeout, String... command) {
        return node.runtime()
                .execSync(Cri.ExecSyncRequest.newBuilder()
                        .setContainerId(id)
                        .addAllCmd(List.of(command))
                        .setTimeout(timeout)
                        .build());
    }

    /** Runs a shell script inside, which must succeed, and answers its standard output without the last newline. */
    public String sh(String script) {
        var reply = exec(20, "sh", "-c", script);
        if (reply.getExitCode() != 0) {
            throw new AssertionError("`" + script + "` exited with " + reply.getExitCode() + ": "
                    + text(reply.getStdout()) + text(reply.getStderr()));
        }
        return text(reply.getStdout());
    }

    /** The exit code of a shell script run inside. */
    public int exitCode(String script) {
        return exec(20, "sh", "-c", script).getExitCode();
    }

    public Path logPath() {
        return Path.of(status().getLogPath());
    }

    public List<LogLine> log() {
        try {
            return LogLine.parse(Files.readString(logPath()));
        } catch (IOException e) {
            throw new UncheckedIOException("read the log of container " + id, e);
        }
    }

    /** Waits until the log holds at least {@code count} records and answers them. */
    public List<LogLine> awaitLog(int count) {
        return Await.until(count + " records in the log of " + id, SOON, this::log, lines -> lines.size() >= count);
    }

    /** Waits for the first record of the log and answers its text. */
    public String firstLine() {
        return awaitLog(1).getFirst().text();
    }

    private static String text(ByteString bytes) {
        return bytes.toStringUtf8().stripTrailing();
    }
}
