package io.holdfast.cli;

import io.grpc.StatusRuntimeException;
import io.holdfast.daemon.Version;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.RuntimeServiceGrpc;
import io.holdfast.work.Failure;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints versions: this command's, and the daemon's where one answers. */
@Command(name = "version", description = "Prints the version of this command, and of the daemon that runs.")
final class VersionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SocketOption socket;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.println("holdfast  " + Version.own());
        try (Connection daemon = socket.connect()) {
            Cri.VersionResponse version = RuntimeServiceGrpc.newBlockingStub(daemon.channel())
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .version(Cri.VersionRequest.getDefaultInstance());
            out.println("holdfastd " + version.getRuntimeVersion() + ", CRI " + version.getRuntimeApiVersion());
        } catch (Failure.Unavailable | StatusRuntimeException silent) {
            out.println("holdfastd does not answer: " + silent.getMessage());
        }
    }
}
