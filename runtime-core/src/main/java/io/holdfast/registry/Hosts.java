package io.holdfast.registry;

import io.holdfast.work.Failure;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which hosts answer for a registry, in the order in which they are asked: those of
 * {@code <config path>/<registry>/hosts.toml}, the format of containerd's registry host directories, read anew for
 * each pull. Without such a file it is the registry alone, by https, or by http where it is this machine itself.
 */
final class Hosts {
    private static final String HUB = "docker.io";
    private static final String HUB_HOST = "registry-1.docker.io";

    private Hosts() {}

    static List<RegistryHost> of(Optional<Path> configPath, String registry) {
        for (String name : configPath.isPresent() ? spellings(registry) : List.<String>of()) {
            Path directory = configPath.get().resolve(name);
            if (Files.isRegularFile(directory.resolve("hosts.toml"))) {
                return new HostsFile(directory, registry).hosts();
            }
            if (Files.isDirectory(directory)) {
                return List.of(upstream(registry, CertificateFiles.in(directory)));
            }
        }
        return List.of(upstream(registry, Tls.SYSTEM));
    }

    /** The registry itself. */
    static RegistryHost upstream(String registry, Tls tls) {
        return new RegistryHost(
                URI.create(defaultScheme(registry) + "://" + defaultHost(registry) + "/v2"),
                EnumSet.allOf(RegistryHost.Capability.class),
                tls,
                Map.of(),
                "");
    }

    static String defaultHost(String registry) {
        return registry.equals(HUB) ? HUB_HOST : registry;
    }

    /** The spellings of a directory with a port: as it is, with underscores, and without the port. */
    private static List<String> spellings(String registry) {
        int colon = registry.lastIndexOf(':');
        if (colon < 0 || registry.endsWith("]")) {
            return List.of(registry, "_default");
        }
        String host = registry.substring(0, colon);
        return List.of(registry, host + "_" + registry.substring(colon + 1) + "_", host, "_default");
    }

    private static String defaultScheme(String registry) {
        URI uri = URI.create("https://" + registry);
        if (uri.getHost() == null) {
            throw new Failure.Invalid("image: \"" + registry + "\" is no registry host");
        }
        return isLoopback(uri.getHost()) && uri.getPort() != 443 ? "http" : "https";
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
        try {
            return literal && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }
}
