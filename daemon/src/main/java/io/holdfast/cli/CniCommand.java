package io.holdfast.cli;

import io.holdfast.cni.DefaultNetwork;
import io.holdfast.cni.Subnet;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives a node without a network add-on a network. */
@Command(name = "cni", description = "Writes a first network configuration.")
final class CniCommand {
    @Spec
    private CommandSpec spec;

    @Command(
            name = "init",
            description = "Writes the config of a bridge for the pods of this node alone. A node of a cluster has an"
                    + " add-on that brings its own.")
    void init(
            @Mixin ConfigOption config,
            @Option(names = "--bridge", defaultValue = "holdfast0", description = "The bridge's name.") String bridge,
            @Option(names = "--subnet", defaultValue = "10.88.0.0/16", description = "IPv4 addresses of pods.")
                    String subnet,
            @Option(names = "--subnet6", description = "IPv6 addresses of pods, for dual stack.")
                    Optional<String> subnet6) {
        var cni = config.read().cni();
        DefaultNetwork network = DefaultNetwork.of(bridge, Subnet.parse(subnet), subnet6.map(Subnet::parse));
        Path file = network.write(cni.confDir(), cni.binDirs());
        spec.commandLine().getOut().println("wrote " + file);
    }
}
