package io.holdfast.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.content.Caps;
import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import io.holdfast.content.StrictJson;
import io.holdfast.registry.Document;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads manifests and indexes of OCI and of Docker's schema 2. A document must be one of them beyond doubt: what its
 * descriptor, its {@code mediaType} and its fields say has to agree.
 */
final class DocumentReader {
    private final String what;
    private final String announced;
    private final JsonNode json;

    private DocumentReader(Document document) {
        this.what = "manifest " + document.descriptor().digest();
        this.announced = document.descriptor().mediaType();
        this.json = parse(document, what);
    }

    static ImageDocument read(Document document) {
        return new DocumentReader(document).read();
    }

    private ImageDocument read() {
        String type = json.path("mediaType").asText("");
        boolean known = MediaTypes.isIndex(announced) || MediaTypes.isManifest(announced);
        if (MediaTypes.isSchema1(announced) || json.path("schemaVersion").asInt(0) == 1) {
            throw broken("is of Docker's schema 1, which is obsolete and not supported; push the image again");
        }
        if (json.has("manifests") && (json.has("layers") || json.has("config"))) {
            throw broken("is both an index and an image; it is not used");
        }
        if (known && !type.isEmpty() && !type.equals(announced)) {
            throw broken("calls itself " + shown(type) + ", but was announced as " + announced);
        }
        return read(known ? announced : type);
    }

    private ImageDocument read(String type) {
        if (json.path("schemaVersion").asInt(0) != 2) {
            throw broken("has no schemaVersion 2");
        }
        if (MediaTypes.isIndex(type) || type.isEmpty() && json.has("manifests")) {
            return index();
        }
        if (MediaTypes.isManifest(type) || type.isEmpty() && json.has("layers")) {
            return manifest();
        }
        throw broken("is of the type " + shown(type.isEmpty() ? announced : type) + ", and no image");
    }

    private ImageDocument.Index index() {
        List<ImageDocument.Entry> entries = new ArrayList<>();
        for (JsonNode entry : array("manifests", Caps.INDEX_ENTRIES)) {
            Descriptor descriptor = descriptor(entry);
            String type = descriptor.mediaType();
            if (MediaTypes.isManifest(type) || MediaTypes.isIndex(type)) {
                entries.add(new ImageDocument.Entry(descriptor, platform(entry.path("platform")), name(entry)));
            }
        }
        return new ImageDocument.Index(entries);
    }

    private ImageDocument.Manifest manifest() {
        Descriptor config = descriptor(json.path("config"));
        if (!MediaTypes.isConfig(config.mediaType())) {
            throw broken("has a config of the type " + shown(config.mediaType())
                    + ": it is an artifact, and no image that can be run");
        }
        if (config.size() > Caps.CONFIG_BYTES) {
            throw broken("has a config of more than " + Caps.CONFIG_BYTES + " bytes");
        }
        List<Descriptor> layers = new ArrayList<>();
        for (JsonNode layer : array("layers", Caps.LAYERS)) {
            Descriptor descriptor = descriptor(layer);
            if (!MediaTypes.isLayer(descriptor.mediaType())) {
                throw broken("has a layer of the type " + shown(descriptor.mediaType()) + ", which is not supported");
            }
            layers.add(descriptor);
        }
        return new ImageDocument.Manifest(config, layers);
    }

    private Iterable<JsonNode> array(String name, int most) {
        JsonNode array = json.path(name);
        if (!array.isArray() || array.size() > most) {
            throw broken("must have between 0 and " + most + " " + name);
        }
        return array;
    }

    private Descriptor descriptor(JsonNode node) {
        if (!node.path("digest").isTextual() || !node.path("size").canConvertToLong()) {
            throw broken("has a descriptor without digest and size");
        }
        try {
            return new Descriptor(
                    node.path("mediaType").asText(""),
                    Digest.parse(node.path("digest").asText()),
                    node.path("size").asLong());
        } catch (Failure.Invalid malformed) {
            throw broken("has a malformed descriptor: " + malformed.getMessage());
        }
    }

    /** The full name that tools write beside an image of an archive; OCI's own annotation may be a mere tag. */
    private static String name(JsonNode entry) {
        JsonNode annotations = entry.path("annotations");
        String full = annotations.path("io.containerd.image.name").asText("");
        return full.isEmpty()
                ? annotations.path("org.opencontainers.image.ref.name").asText("")
                : full;
    }

    private static Platform platform(JsonNode node) {
        return new Platform(
                node.path("os").asText(""),
                node.path("architecture").asText(""),
                node.path("variant").asText(""));
    }

    private static JsonNode parse(Document document, String what) {
        String type = document.descriptor().mediaType();
        if (type.equals("text/html")) {
            throw new Failure.Broken(what + " is a web page: is there a proxy or a login in between?");
        }
        return StrictJson.object(document.content(), what);
    }

    private Failure.Broken broken(String why) {
        return new Failure.Broken(what + " " + why);
    }

    private static String shown(String text) {
        String start = text.substring(0, Math.min(100, text.length()));
        return '"' + start.replaceAll("[^\\x20-\\x7e]", "?") + '"';
    }
}
