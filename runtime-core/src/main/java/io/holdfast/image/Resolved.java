package io.holdfast.image;

import io.holdfast.content.Descriptor;
import io.holdfast.registry.Document;
import java.util.List;

/**
 * An image whose documents are all known.
 *
 * @param documents from what its name stands for down to its manifest
 */
record Resolved(List<Document> documents, ImageDocument.Manifest manifest, byte[] configBytes, ConfigBlob config) {
    Resolved {
        documents = List.copyOf(documents);
    }

    String id() {
        return manifest.config().digest().toString();
    }

    long size() {
        return documents.getLast().descriptor().size()
                + manifest.config().size()
                + manifest.layers().stream().mapToLong(Descriptor::size).sum();
    }

    Layers layers() {
        return new Layers(manifest.layers(), config.diffIds(), Chain.of(config.diffIds()));
    }
}
