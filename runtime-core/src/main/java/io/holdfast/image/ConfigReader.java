package io.holdfast.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.content.Caps;
import io.holdfast.content.Digest;
import io.holdfast.content.StrictJson;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads an image's config, OCI's and Docker's alike. What is not asked for here has no effect at all. */
final class ConfigReader {
    private static final int MOST_NAME_CHARS = 1024;
    private static final int MOST_PATH_CHARS = 4096;

    private final String what;
    private final JsonNode json;

    private ConfigReader(byte[] content, Digest digest) {
        this.what = "image config " + digest;
        this.json = StrictJson.object(content, what);
    }

    static ConfigBlob read(byte[] content, Digest digest) {
        ConfigReader reader = new ConfigReader(content, digest);
        return new ConfigBlob(reader.config(), reader.platform(), reader.diffIds());
    }

    private ImageConfig config() {
        JsonNode config = object(json, "config");
        return new ImageConfig(
                texts(config, "Entrypoint"),
                texts(config, "Cmd"),
                texts(config, "Env"),
                line(config, "WorkingDir", MOST_PATH_CHARS),
                line(config, "User", MOST_NAME_CHARS),
                line(config, "StopSignal", MOST_NAME_CHARS),
                List.copyOf(keys(config, "Volumes")),
                labels(config));
    }

    private Platform platform() {
        return new Platform(
                line(json, "os", MOST_NAME_CHARS),
                line(json, "architecture", MOST_NAME_CHARS),
                line(json, "variant", MOST_NAME_CHARS));
    }

    private List<Digest> diffIds() {
        JsonNode rootfs = object(json, "rootfs");
        if (!rootfs.path("type").asText("layers").equals("layers")) {
            throw broken("rootfs.type must be layers");
        }
        try {
            return texts(rootfs, "diff_ids").stream().map(Digest::parse).toList();
        } catch (Failure.Invalid malformed) {
            throw broken("rootfs.diff_ids: " + malformed.getMessage());
        }
    }

    private Map<String, String> labels(JsonNode config) {
        Map<String, String> labels = new TreeMap<>();
        for (String key : keys(config, "Labels")) {
            labels.put(key, text(config.path("Labels").path(key), "Labels"));
        }
        return labels;
    }

    private List<String> keys(JsonNode parent, String name) {
        JsonNode node = object(parent, name);
        checkSize(node, name);
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(key -> keys.add(checked(key, name)));
        return keys;
    }

    private List<String> texts(JsonNode parent, String name) {
        JsonNode node = parent.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw broken(name + " must be a list");
        }
        checkSize(node, name);
        List<String> texts = new ArrayList<>();
        node.forEach(one -> texts.add(text(one, name)));
        return texts;
    }

    /** Text that ends up in lines of other files or in messages: without control characters. */
    private String line(JsonNode parent, String name, int most) {
        JsonNode node = parent.path(name);
        String text = node.isMissingNode() || node.isNull() ? "" : text(node, name);
        if (text.length() > most || text.chars().anyMatch(Character::isISOControl)) {
            throw broken(name + " is longer than " + most + " characters or has control characters");
        }
        return text;
    }

    private String text(JsonNode node, String name) {
        if (!node.isTextual()) {
            throw broken(name + " must be text");
        }
        return checked(node.asText(), name);
    }

    private String checked(String text, String name) {
        if (text.indexOf('\0') >= 0) {
            throw broken(name + " has a NUL");
        }
        return text;
    }

    private JsonNode object(JsonNode parent, String name) {
        JsonNode node = parent.path(name);
        if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
            throw broken(name + " must be an object");
        }
        return node;
    }

    private void checkSize(JsonNode node, String name) {
        if (node.size() > Caps.CONFIG_ENTRIES) {
            throw broken(name + " has more than " + Caps.CONFIG_ENTRIES + " entries");
        }
    }

    private Failure.Broken broken(String why) {
        return new Failure.Broken(what + ": " + why);
    }
}
