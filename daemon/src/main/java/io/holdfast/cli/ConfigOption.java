package io.holdfast.cli;

import io.holdfast.daemon.Config;
import io.holdfast.daemon.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which configuration file a command goes by. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "/etc/holdfast/config.toml",
            description = "The daemon's configuration; where there is no ${DEFAULT-VALUE}, the defaults.")
    private Path file;

    /** A file that was named has to be there; the usual one need not. */
    Config read() {
        boolean isUsual = file.equals(Path.of("/etc/holdfast/config.toml"));
        return isUsual && Files.notExists(file) ? ConfigFile.parse("the defaults", "") : ConfigFile.read(file);
    }
}
