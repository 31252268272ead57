package io.holdfast.cli;

import io.grpc.StatusRuntimeException;
import io.holdfast.daemon.Config;
import io.holdfast.daemon.Logging;
import io.holdfast.work.Failure;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of {@code holdfast}. */
@Command(
        name = "holdfast",
        description = "Runs pods on this node, and looks after holdfastd, which holds them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class, PsCommand.class, LogsCommand.class, ExecCommand.class, RmCommand.class,
            ImageCommand.class, HoldsCommand.class, ConfigCommand.class, CniCommand.class, VersionCommand.class
        })
public final class HoldfastCommand {
    private static final int FAILED = 1;

    private HoldfastCommand() {}

    public static void main(String[] arguments) {
        Logging.begin(Config.Level.ERROR);
        System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    /** Runs one command: its exit code is 0, 1 where it failed, 2 where it makes no sense. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new HoldfastCommand())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((thrown, line, _) -> {
                    line.getErr().println("holdfast: " + told(thrown));
                    for (Throwable left : thrown.getSuppressed()) {
                        line.getErr().println("holdfast: and then: " + told(left));
                    }
                    return FAILED;
                })
                .execute(arguments);
    }

    /** Failures say all that there is to say; anything else is an error of ours, with its type. */
    private static String told(Throwable thrown) {
        return switch (thrown) {
            case Failure failure -> failure.getMessage();
            case StatusRuntimeException status ->
                status.getStatus().getCode() + ": " + status.getStatus().getDescription();
            case UncheckedIOException io ->
                io.getMessage() + ": " + io.getCause().getMessage();
            default -> thrown.toString();
        };
    }
}
