package io.holdfast.image;

import io.holdfast.content.Caps;
import io.holdfast.content.ContentStore;
import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import io.holdfast.registry.BoundSecret;
import io.holdfast.registry.Document;
import io.holdfast.registry.Reference;
import io.holdfast.registry.Registries;
import io.holdfast.registry.Registry;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.Optional;

/**
 * Pulls an image by its reference. The registry is asked each time, also for what is here: whether these credentials may
 * see the image is the registry's to say.
 */
final class Puller {
    private final Registries registries;
    private final Catalog catalog;
    private final ContentStore content;
    private final Resolver resolver;
    private final Installer installer;

    Puller(Registries registries, Catalog catalog, ContentStore content, Resolver resolver, Installer installer) {
        this.registries = registries;
        this.catalog = catalog;
        this.content = content;
        this.resolver = resolver;
        this.installer = installer;
    }

    ImageRecord pull(Reference reference, Credentials credentials) {
        BoundSecret secret = BoundSecret.of(credentials.secret(), credentials.serverAddress(), reference);
        try (Registry registry = registries.open(reference, secret)) {
            Document top = top(registry, reference);
            Resolved image = resolver.resolve(top, new Shelves(registry));
            return installer.install(
                    image, names(reference, top.descriptor().digest()), registry::download, reference.toString());
        }
    }

    /** What the reference stands for now: by its digest alone where that document is here. */
    private Document top(Registry registry, Reference reference) {
        if (catalog.find(reference).isPresent()) {
            Optional<Document> known = head(registry).flatMap(this::stored);
            if (known.isPresent()) {
                return known.get();
            }
        }
        return registry.resolve();
    }

    /** Some registries know no HEAD: then GET decides. */
    private static Optional<Digest> head(Registry registry) {
        try {
            return registry.head();
        } catch (Failure.NotFound | Failure.Broken _) {
            return Optional.empty();
        }
    }

    private Optional<Document> stored(Digest digest) {
        return content.read(digest, Caps.MANIFEST_BYTES)
                .map(bytes -> new Document(new Descriptor("", digest, bytes.length), bytes));
    }

    private static Installer.Names names(Reference reference, Digest digest) {
        return new Installer.Names(reference.tagged().map(List::of).orElse(List.of()), List.of(reference.at(digest)));
    }

    /** A registry's session as a library. */
    private record Shelves(Registry registry) implements Library {
        @Override
        public Document document(Descriptor descriptor) {
            return registry.manifest(descriptor.digest());
        }

        @Override
        public byte[] config(Descriptor descriptor) {
            return registry.bytes(descriptor);
        }
    }
}
