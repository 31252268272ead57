package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs the plugins of a network in their order (CNI spec section 3): ADD hands each one the result of the one before,
 * DEL goes backwards with the result of the whole ADD, and the first failure ends either.
 */
final class Chain {
    private static final String DEL = "DEL";

    private final Plugins plugins;
    private final PluginVersions versions;

    Chain(Plugins plugins) {
        this.plugins = plugins;
        this.versions = new PluginVersions(plugins);
    }

    AddResult add(Attachment attachment) {
        NetworkConfig network = network(attachment);
        Optional<ObjectNode> result = Optional.empty();
        for (PluginConfig plugin : network.plugins()) {
            result = Optional.of(addOne(network, plugin, attachment, result));
        }
        String doing = "CNI ADD of " + attachment;
        ObjectNode last = result.orElseThrow(() -> new Failure.Broken(doing + ": the network has no plugins"));
        AddResult added = reading(doing, () -> AddResult.of(last, attachment.ifname()));
        if (added.ips().isEmpty()) {
            throw new Failure.Broken(doing + ": the plugins gave the interface no address; has the network an ipam?");
        }
        return added;
    }

    void delete(Attachment attachment, Optional<ObjectNode> result) {
        NetworkConfig network = network(attachment);
        for (PluginConfig plugin : network.plugins().reversed()) {
            CniVersion version = versions.shared(plugin.type(), network.version());
            Optional<ObjectNode> known = result.filter(_ -> version.hasResultOnDelete());
            runToItsEnd(call(DEL, attachment, plugin, execution(network, plugin, attachment, known)));
        }
    }

    /** Once begun, a DEL has all of its limit, whatever its caller has left: cut off half-way, it cannot be repeated. */
    private void runToItsEnd(Plugins.Call call) {
        Deadline.check(call.doing());
        Deadline.own(plugins.limit(), () -> plugins.run(call));
    }

    void check(Attachment attachment, ObjectNode result) {
        NetworkConfig network = network(attachment);
        if (network.disableCheck()) {
            return;
        }
        for (PluginConfig plugin : network.plugins()) {
            if (versions.shared(plugin.type(), network.version()).hasCheck()) {
                plugins.run(
                        call("CHECK", attachment, plugin, execution(network, plugin, attachment, Optional.of(result))));
            }
        }
    }

    /** Fails where a plugin that can tell says that it could not serve an ADD now. */
    void status(NetworkConfig network) {
        for (PluginConfig plugin : network.plugins()) {
            CniVersion version = versions.shared(plugin.type(), network.version());
            if (version.hasStatus()) {
                ObjectNode config = plugin.execution(network.name(), version);
                plugins.run(new Plugins.Call("STATUS", plugin.type(), "network " + network.name(), Map.of(), config));
            }
        }
    }

    /** Lets the plugins that can drop what belongs to no attachment; each is asked, and the first failure is thrown. */
    void gc(NetworkConfig network, Collection<Attachment> valid) {
        List<Failure> failures = new ArrayList<>();
        for (PluginConfig plugin : network.disableGc() ? List.<PluginConfig>of() : network.plugins()) {
            try {
                gcOne(network, plugin, valid);
            } catch (Failure failed) {
                failures.add(failed);
            }
        }
        if (!failures.isEmpty()) {
            Failure first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    private void gcOne(NetworkConfig network, PluginConfig plugin, Collection<Attachment> valid) {
        CniVersion version = versions.shared(plugin.type(), network.version());
        if (!version.hasGc()) {
            return;
        }
        ObjectNode config = plugin.execution(network.name(), version);
        var list = config.putArray("cni.dev/valid-attachments");
        valid.stream()
                .filter(attachment -> attachment.network().equals(network.name()))
                .forEach(attachment -> list.addObject()
                        .put("containerID", attachment.containerId())
                        .put("ifname", attachment.ifname()));
        plugins.run(new Plugins.Call("GC", plugin.type(), "network " + network.name(), Map.of(), config));
    }

    private ObjectNode addOne(
            NetworkConfig network, PluginConfig plugin, Attachment attachment, Optional<ObjectNode> before) {
        CniVersion version = versions.shared(plugin.type(), network.version());
        Plugins.Call call = call("ADD", attachment, plugin, execution(network, plugin, attachment, before));
        String printed = plugins.run(call);
        return reading(
                call.doing() + ": its result",
                () -> ResultFormat.convert(ResultFormat.parse(printed, version), network.version()));
    }

    private ObjectNode execution(
            NetworkConfig network, PluginConfig plugin, Attachment attachment, Optional<ObjectNode> result) {
        CniVersion version = versions.shared(plugin.type(), network.version());
        ObjectNode execution = plugin.execution(network.name(), version);
        ObjectNode runtimeConfig = attachment.capabilities().runtimeConfig(plugin.capabilities());
        if (!runtimeConfig.isEmpty()) {
            execution.set("runtimeConfig", runtimeConfig);
        }
        result.ifPresent(known -> execution.set("prevResult", ResultFormat.convert(known, version)));
        return execution;
    }

    private static Plugins.Call call(String command, Attachment attachment, PluginConfig plugin, ObjectNode config) {
        Map<String, String> variables = Map.of(
                "CNI_CONTAINERID", attachment.containerId(),
                "CNI_NETNS", command.equals(DEL) ? attachment.netnsIfPinned() : attachment.netns(),
                "CNI_IFNAME", attachment.ifname(),
                "CNI_ARGS", attachment.argumentText());
        return new Plugins.Call(command, plugin.type(), attachment.toString(), variables, config);
    }

    static NetworkConfig network(Attachment attachment) {
        return reading("the config of " + attachment, () -> NetworkConfig.parse(attachment.config()));
    }

    private static <T> T reading(String doing, Supplier<T> parse) {
        try {
            return parse.get();
        } catch (Failure.Invalid malformed) {
            throw new Failure.Broken(doing + ": " + malformed.getMessage(), malformed);
        }
    }
}
