package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.linux.DurableFile;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The network for a node that has no network add-on: a bridge with addresses of this host alone, masqueraded on the way
 * out, and host ports. Pods of one node reach each other; pods of other nodes need an add-on.
 *
 * @param name the network's name
 * @param bridge the bridge's name, at most 15 characters
 * @param subnet of the pods' IPv4 addresses, in CIDR form
 * @param subnet6 of their IPv6 addresses, for dual stack
 * @param leases where the addresses in use are noted. They end with a reboot, as the sandboxes do: below /run
 */
public record DefaultNetwork(String name, String bridge, Subnet subnet, Optional<Subnet> subnet6, Path leases) {
    private static final String FILE = "10-holdfast.conflist";
    private static final List<String> NEEDED = List.of("bridge", "host-local");

    public DefaultNetwork {
        Identifiers.identifier("name", name);
        Identifiers.interfaceName(bridge);
    }

    /** A network named as its bridge, with leases in /run/holdfast-network. */
    public static DefaultNetwork of(String bridge, Subnet subnet, Optional<Subnet> subnet6) {
        return new DefaultNetwork(bridge, bridge, subnet, subnet6, Path.of("/run/holdfast-network"));
    }

    /**
     * Writes the config, with those plugins that are in the directories, and answers its file.
     *
     * @throws Failure.AlreadyExists where the directory has a config: an add-on's network must not be pushed aside
     * @throws Failure.Invalid where this host is on a subnet by another interface, or the bridge has another
     * @throws Failure.Unavailable where a plugin that it cannot do without is missing
     */
    public Path write(Path confDir, List<Path> binDirs) {
        var existing = new ConfigDirectory(confDir).read().network();
        existing.ifPresent(network -> {
            throw new Failure.AlreadyExists("CNI config " + network.file() + " is there already, with network "
                    + network.name() + "; remove it first if this node is to have Holdfast's own");
        });
        NEEDED.stream().filter(type -> !installed(type, binDirs)).findFirst().ifPresent(missing -> {
            throw new Failure.Unavailable("CNI plugin " + missing + " is in none of " + binDirs
                    + "; install Debian's containernetworking-plugins, or set cni.bin_dirs");
        });
        Stream.concat(Stream.of(subnet), subnet6.stream()).forEach(one -> one.requireFree(bridge));
        Path file = confDir.resolve(FILE);
        try {
            Files.createDirectories(confDir);
        } catch (IOException failed) {
            throw new UncheckedIOException("making the CNI config directory " + confDir, failed);
        }
        DurableFile.write(file, CniJson.pretty(conflist(binDirs)).getBytes(StandardCharsets.UTF_8), "rw-r--r--");
        return file;
    }

    private ObjectNode conflist(List<Path> binDirs) {
        ObjectNode list =
                CniJson.object().put("cniVersion", CniVersion.V1_0_0.toString()).put("name", name);
        // Debian's plugins (1.1.1): portmap misses IPv6 rules at each CHECK, bandwidth panics where no limit is set.
        list.put("disableCheck", true);
        ArrayNode plugins = list.putArray("plugins");
        bridgePlugin(plugins.addObject());
        if (installed("portmap", binDirs)) {
            plugins.addObject()
                    .put("type", "portmap")
                    .put("snat", true)
                    .putObject("capabilities")
                    .put("portMappings", true);
        }
        if (installed("bandwidth", binDirs)) {
            plugins.addObject()
                    .put("type", "bandwidth")
                    .putObject("capabilities")
                    .put("bandwidth", true);
        }
        // Last, since its rules go only where the result of the ADD is known.
        if (installed("firewall", binDirs)) {
            plugins.addObject().put("type", "firewall");
        }
        return list;
    }

    private void bridgePlugin(ObjectNode plugin) {
        plugin.put("type", "bridge").put("bridge", bridge);
        plugin.put("isGateway", true).put("ipMasq", true).put("hairpinMode", true);
        ObjectNode ipam = plugin.putObject("ipam").put("type", "host-local").put("dataDir", leases.toString());
        ArrayNode ranges = ipam.putArray("ranges");
        ArrayNode routes = ipam.putArray("routes");
        Stream.concat(Stream.of(subnet), subnet6.stream()).forEach(one -> {
            ranges.addArray().addObject().put("subnet", one.toString());
            routes.addObject().put("dst", one.everywhere());
        });
    }

    private static boolean installed(String type, List<Path> binDirs) {
        return binDirs.stream().anyMatch(directory -> Files.isExecutable(directory.resolve(type)));
    }
}
