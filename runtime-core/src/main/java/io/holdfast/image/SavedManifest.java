package io.holdfast.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.content.Caps;
import io.holdfast.content.Descriptor;
import io.holdfast.registry.Document;
import io.holdfast.work.Failure;

/** Writes the OCI manifest that an image of a {@code docker save} does not have. */
final class SavedManifest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private SavedManifest() {}

    /** {@code entry} is an element of manifest.json: the paths of config and layers within the archive. */
    static Document of(JsonNode entry, Archive archive) {
        if (entry.path("Layers").size() > Caps.LAYERS) {
            throw new Failure.Broken("the archive has an image with more than " + Caps.LAYERS + " layers");
        }
        ObjectNode manifest = MAPPER.createObjectNode();
        manifest.put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
        write(archive.file(entry.path("Config").asText()), MediaTypes.OCI_CONFIG, manifest.putObject("config"));
        var layers = manifest.putArray("layers");
        entry.path("Layers")
                .forEach(layer -> write(archive.file(layer.asText()), MediaTypes.OCI_LAYER, layers.addObject()));
        try {
            byte[] bytes = MAPPER.writeValueAsBytes(manifest);
            return new Document(Descriptor.of(MediaTypes.OCI_MANIFEST, bytes), bytes);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that JSON cannot hold", impossible);
        }
    }

    private static void write(Descriptor file, String type, ObjectNode into) {
        into.put("mediaType", type).put("digest", file.digest().toString()).put("size", file.size());
    }
}
