package io.holdfast.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One sandbox on one network: all that ADD, CHECK and DEL need but the ADD's result. It carries the config itself, so
 * that DEL undoes what ADD did, whatever the config directory says by then.
 *
 * @param network the network's name
 * @param config the network's config, whole, as JSON
 * @param netns the path at which the network namespace is pinned
 */
public record Attachment(
        String network,
        String config,
        String containerId,
        String netns,
        String ifname,
        Map<String, String> arguments,
        Capabilities capabilities) {

    public Attachment {
        Identifiers.identifier("container id", containerId);
        Identifiers.interfaceName(ifname);
        arguments.forEach(Identifiers::argument);
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
    }

    @Override
    public String toString() {
        return "network " + network + ", interface " + ifname + " of " + containerId;
    }

    /** CNI_NETNS for a DEL: empty once no network namespace is pinned there, as after a reboot. */
    String netnsIfPinned() {
        try {
            Object namespaces = Files.getAttribute(Path.of("/proc/self/ns/net"), "unix:dev");
            return Files.getAttribute(Path.of(netns), "unix:dev").equals(namespaces) ? netns : "";
        } catch (IOException gone) {
            return "";
        }
    }

    /** CNI_ARGS. */
    String argumentText() {
        return arguments.entrySet().stream()
                .map(pair -> pair.getKey() + "=" + pair.getValue())
                .collect(Collectors.joining(";"));
    }
}
