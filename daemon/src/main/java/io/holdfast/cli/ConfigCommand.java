package io.holdfast.cli;

import io.holdfast.daemon.ConfigFile;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints and checks configuration files. */
@Command(name = "config", description = "Prints the default configuration, or checks a file.")
final class ConfigCommand {
    @Spec
    private CommandSpec spec;

    @Command(
            name = "default",
            description = "Prints every key with its meaning and its default, as a file to begin with.")
    void printDefault() {
        spec.commandLine().getOut().print(ConfigFile.defaults());
    }

    @Command(name = "check", description = "Says what is wrong with a configuration file.")
    void check(@Parameters(paramLabel = "FILE", description = "The file.") Path file) {
        List<String> problems = ConfigFile.read(file).problems();
        if (!problems.isEmpty()) {
            throw new Failure.Invalid(
                    problems.stream().map(problem -> file + ": " + problem).collect(Collectors.joining("\n")));
        }
        spec.commandLine().getOut().println(file + " is good");
    }
}
