package io.holdfast.image;

import io.holdfast.content.ContentStore;
import io.holdfast.content.Descriptor;
import io.holdfast.registry.Document;
import io.holdfast.work.Failpoints;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Brings an image in, whole: lease, documents, layers, and then, in one durable step, the image itself. */
final class Installer {
    private final Catalog catalog;
    private final ContentStore content;
    private final Leases leases;
    private final Unpacker unpacker;
    private final Failpoints failpoints;

    /** What the image is to be called besides its id. */
    record Names(List<String> tags, List<String> digests) {}

    Installer(Catalog catalog, ContentStore content, Leases leases, Unpacker unpacker, Failpoints failpoints) {
        this.catalog = catalog;
        this.content = content;
        this.leases = leases;
        this.unpacker = unpacker;
        this.failpoints = failpoints;
    }

    /** {@code purpose} is the same at each try of the same: what an earlier one had fetched is then found. */
    ImageRecord install(Resolved image, Names names, LayerFeed feed, String purpose) {
        failpoints.pass("pull.resolved");
        try (Leases.Held lease = leases.open(purpose)) {
            lease.cover(contentOf(image), Set.copyOf(image.layers().chain()));
            ImageRecord published = install(image, names, feed);
            lease.done();
            return published;
        }
    }

    private ImageRecord install(Resolved image, Names names, LayerFeed feed) {
        Layers layers = image.layers();
        for (Document document : image.documents()) {
            store(document.descriptor(), document.content());
        }
        store(image.manifest().config(), image.configBytes());
        unpacker.unpack(layers, feed);
        failpoints.pass("pull.unpacked");
        return catalog.publish(record(image, names, layers));
    }

    private void store(Descriptor descriptor, byte[] bytes) {
        if (content.read(descriptor.digest(), bytes.length).isEmpty()) {
            content.put(descriptor, bytes);
        }
    }

    private static ImageRecord record(Resolved image, Names names, Layers layers) {
        return new ImageRecord(
                image.id(),
                0,
                names.tags(),
                names.digests(),
                image.size(),
                image.config().config(),
                layers.chain(),
                List.copyOf(documentsOf(image)));
    }

    private static Set<String> contentOf(Resolved image) {
        Set<String> digests = documentsOf(image);
        image.manifest().layers().forEach(layer -> digests.add(layer.digest().toString()));
        return digests;
    }

    private static Set<String> documentsOf(Resolved image) {
        Set<String> digests = new HashSet<>();
        image.documents()
                .forEach(document -> digests.add(document.descriptor().digest().toString()));
        digests.add(image.manifest().config().digest().toString());
        return digests;
    }
}
