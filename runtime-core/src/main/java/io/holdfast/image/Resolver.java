package io.holdfast.image;

import io.holdfast.content.Caps;
import io.holdfast.content.ContentStore;
import io.holdfast.content.Descriptor;
import io.holdfast.registry.Document;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Goes from what a name stands for to the one image of it that this node can run. Documents that are stored are read. */
final class Resolver {
    private final ContentStore content;
    private final Platform node;

    Resolver(ContentStore content, Platform node) {
        this.content = content;
        this.node = node;
    }

    Resolved resolve(Document top, Library library) {
        List<Document> documents = new ArrayList<>(List.of(top));
        ImageDocument document = DocumentReader.read(top);
        while (document instanceof ImageDocument.Index index) {
            if (documents.size() > Caps.INDEX_DEPTH) {
                throw new Failure.Broken(top + " has indexes nested more than " + Caps.INDEX_DEPTH + " deep");
            }
            Descriptor chosen = index.choose(node)
                    .orElseThrow(() -> new Failure.NotFound(top.descriptor().digest() + " has no image for " + node
                            + ", only for " + index.platforms()));
            documents.add(read(chosen, library));
            document = DocumentReader.read(documents.getLast());
        }
        return switch (document) {
            case ImageDocument.Manifest manifest -> resolved(documents, manifest, library);
            case ImageDocument.Index _ -> throw new IllegalStateException("the loop ends at a manifest");
        };
    }

    private Resolved resolved(List<Document> documents, ImageDocument.Manifest manifest, Library library) {
        Descriptor descriptor = manifest.config();
        byte[] bytes = stored(descriptor, Caps.CONFIG_BYTES).orElseGet(() -> library.config(descriptor));
        ConfigBlob config = ConfigReader.read(bytes, descriptor.digest());
        if (!node.mayRun(config.platform())) {
            throw new Failure.NotFound(documents.getFirst().descriptor().digest() + " is an image for "
                    + config.platform() + ", and this node is " + node);
        }
        if (config.diffIds().size() != manifest.layers().size()) {
            throw new Failure.Broken("image " + descriptor.digest() + " has "
                    + manifest.layers().size() + " layers, but its config names "
                    + config.diffIds().size() + "; it is not used");
        }
        return new Resolved(documents, manifest, bytes, config);
    }

    private Document read(Descriptor descriptor, Library library) {
        if (descriptor.size() > Caps.MANIFEST_BYTES) {
            throw new Failure.Broken("manifest " + descriptor.digest() + " is larger than " + Caps.MANIFEST_BYTES);
        }
        Document document = stored(descriptor, Caps.MANIFEST_BYTES)
                .map(bytes -> new Document(descriptor, bytes))
                .orElseGet(() -> library.document(descriptor));
        descriptor.verified(document.content(), "the registry");
        checkType(descriptor, document.descriptor());
        return new Document(descriptor, document.content());
    }

    private Optional<byte[]> stored(Descriptor descriptor, int cap) {
        return content.read(descriptor.digest(), cap).filter(bytes -> bytes.length == descriptor.size());
    }

    /** A type that says nothing is no contradiction. */
    private static void checkType(Descriptor named, Descriptor came) {
        boolean telling = MediaTypes.isIndex(came.mediaType()) || MediaTypes.isManifest(came.mediaType());
        if (telling && !came.mediaType().equals(named.mediaType())) {
            throw new Failure.Broken("manifest " + named.digest() + " came as " + came.mediaType()
                    + ", but its index names it " + named.mediaType() + "; it is not used");
        }
    }
}
