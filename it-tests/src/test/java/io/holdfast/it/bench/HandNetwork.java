package io.holdfast.it.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.it.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The plugins of a test network run by hand for one network namespace, as the CNI specification tells a runtime to. */
final class HandNetwork {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String container;
    private final Path namespace;
    private final List<ObjectNode> plugins = new ArrayList<>();
    private JsonNode result = JSON.createObjectNode();

    HandNetwork(TestNetwork network, String container, Path namespace) {
        this.container = container;
        this.namespace = namespace;
        try {
            var list = JSON.readTree(
                    network.configDirectory().resolve("10-it.conflist").toFile());
            for (var plugin : list.get("plugins")) {
                var config = (ObjectNode) plugin;
                config.set("cniVersion", list.get("cniVersion"));
                config.set("name", list.get("name"));
                plugins.add(config);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void add() {
        for (var plugin : plugins) {
            if (!result.isEmpty()) {
                plugin.set("prevResult", result);
            }
            result = call("ADD", plugin);
        }
    }

    void delete() {
        for (var plugin : plugins.reversed()) {
            plugin.set("prevResult", result);
            call("DEL", plugin);
        }
    }

    private JsonNode call(String command, ObjectNode config) {
        var type = config.get("type").asText();
        var builder = new ProcessBuilder(Path.of(TestNetwork.PLUGINS, type).toString());
        var environment = builder.environment();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", container);
        environment.put("CNI_NETNS", namespace.toString());
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", TestNetwork.PLUGINS);
        try {
            var process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (var input = process.getOutputStream()) {
                input.write(JSON.writeValueAsBytes(config));
            }
            var output = process.getInputStream().readAllBytes();
            if (process.waitFor() != 0) {
                throw new AssertionError(type + " " + command + ": " + new String(output, StandardCharsets.UTF_8));
            }
            return command.equals("ADD") ? JSON.readTree(output) : result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
