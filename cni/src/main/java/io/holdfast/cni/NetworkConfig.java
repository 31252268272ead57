package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.stream.Stream;

/**
 * A network: a name, a version, and the plugins that make it, first to last (CNI spec section 1, "Network configuration
 * format").
 *
 * @param version the highest that the config offers and Holdfast speaks
 * @param json the list form of it, whole: what an {@link Attachment} remembers
 */
record NetworkConfig(
        String name,
        CniVersion version,
        boolean disableCheck,
        boolean disableGc,
        boolean onlyInlined,
        List<PluginConfig> plugins,
        String json) {

    NetworkConfig {
        plugins = List.copyOf(plugins);
    }

    /** Reads a conflist, or the conf of a single plugin, which becomes a list of one. */
    static NetworkConfig parse(String text) {
        ObjectNode read = CniJson.parse(text);
        ObjectNode list = read.has("plugins") ? read : listOf(read);
        String name = CniJson.text(list, "name").orElseThrow(() -> new Failure.Invalid("name: is missing"));
        List<PluginConfig> plugins =
                CniJson.objects(list, "plugins").stream().map(PluginConfig::of).toList();
        boolean onlyInlined = CniJson.flag(list, "loadOnlyInlinedPlugins");
        if (plugins.isEmpty() && onlyInlined) {
            throw new Failure.Invalid("plugins: at least one is needed");
        }
        return new NetworkConfig(
                Identifiers.identifier("name", name),
                version(list),
                CniJson.flag(list, "disableCheck"),
                CniJson.flag(list, "disableGC"),
                onlyInlined,
                plugins,
                CniJson.render(list));
    }

    /** This network with the plugins of further files behind its own; they become part of {@link #json}. */
    NetworkConfig with(List<ObjectNode> further) {
        ObjectNode list = CniJson.parse(json);
        ArrayNode all = list.withArray("plugins");
        further.forEach(all::add);
        return parse(CniJson.render(list.put("loadOnlyInlinedPlugins", true)));
    }

    /** Every binary that the network needs, IPAM plugins included. */
    List<String> binaries() {
        return plugins.stream()
                .flatMap(plugin -> Stream.concat(Stream.of(plugin.type()), plugin.ipam().stream()))
                .distinct()
                .toList();
    }

    private static ObjectNode listOf(ObjectNode plugin) {
        ObjectNode list = CniJson.object();
        Stream.of("cniVersion", "cniVersions", "name").filter(plugin::has).forEach(f -> list.set(f, plugin.get(f)));
        list.putArray("plugins").add(plugin);
        return list.put("loadOnlyInlinedPlugins", true);
    }

    private static CniVersion version(ObjectNode list) {
        List<String> offered = Stream.concat(
                        CniJson.text(list, "cniVersion").stream(), CniJson.texts(list, "cniVersions").stream())
                .toList();
        return offered.stream()
                .map(CniVersion::parse)
                .filter(CniVersion::isSpoken)
                .max(CniVersion::compareTo)
                .orElseThrow(() -> new Failure.Invalid("cniVersion: the config offers "
                        + (offered.isEmpty() ? "none, which means 0.1.0" : String.join(", ", offered))
                        + ", and Holdfast speaks " + CniVersion.SPOKEN + "; set cniVersion to 1.0.0"));
    }
}
