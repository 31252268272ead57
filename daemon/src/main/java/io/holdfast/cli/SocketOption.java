package io.holdfast.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the daemon listens. */
final class SocketOption {
    @Mixin
    private ConfigOption config;

    @Option(names = "--socket", paramLabel = "PATH", description = "The daemon's socket; else the configuration's.")
    private Optional<Path> socket;

    Connection connect() {
        return new Connection(socket.orElseGet(() -> config.read().socket()));
    }
}
