package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A CNI bridge network of a run's own: name, bridge, subnet and leases are nobody else's. */
public final class TestNetwork implements AutoCloseable {
    /** Where Debian's package containernetworking-plugins puts them. */
    public static final String PLUGINS = System.getProperty("cri.cni.bin", "/usr/lib/cni");

    private final Path directory;
    private final int number;

    /** Makes the bridge and writes the configuration into a directory; {@code number} (16 bits) tells networks apart. */
    public TestNetwork(Path directory, int number) {
        this.directory = directory;
        this.number = number;
        // The plugin would make it for the first pod and leave it; made here, it is none of that pod's traces.
        Shell.run("ip", "link", "add", bridge(), "type", "bridge");
        try {
            Files.createDirectories(configDirectory());
            Files.writeString(configDirectory().resolve("10-it.conflist"), """
                {"cniVersion": "1.0.0", "name": "%1$s", "plugins": [
                  {"type": "bridge", "bridge": "%1$s", "isGateway": true, "ipMasq": true, "hairpinMode": true,
                   "ipam": {"type": "host-local", "dataDir": "%2$s", "ranges": [[{"subnet": "%3$s0/24"}]],
                            "routes": [{"dst": "0.0.0.0/0"}]}},
                  {"type": "portmap", "capabilities": {"portMappings": true}}]}
                """.formatted(
                            bridge(), directory.resolve("leases"), prefix()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path configDirectory() {
        return directory.resolve("net.d");
    }

    /** The bridge's name, which is the network's name as well. */
    public String bridge() {
        return "hfit%04x".formatted(number);
    }

    /** What every pod's address starts with, as in {@code 10.220.7.}. */
    public String prefix() {
        return "10.%d.%d.".formatted(210 + (number >> 8) % 32, number & 0xff);
    }

    /** The addresses given at the moment: a file named by each. */
    public List<String> leased() {
        var leases = directory.resolve("leases").resolve(bridge());
        if (!Files.isDirectory(leases)) {
            return List.of();
        }
        try (var files = Files.list(leases)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Shell.run("ip", "link", "delete", bridge());
    }
}
