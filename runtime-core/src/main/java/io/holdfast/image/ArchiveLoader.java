package io.holdfast.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.content.ContentStore;
import io.holdfast.content.Ingest;
import io.holdfast.registry.Document;
import io.holdfast.registry.Reference;
import io.holdfast.work.Failure;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads images from an archive: an OCI image layout, or what {@code docker save} writes; one that is both is taken as
 * the first. Nothing of it is used that is not of its digest.
 */
final class ArchiveLoader {
    private final ContentStore content;
    private final Leases leases;
    private final Resolver resolver;
    private final Installer installer;

    ArchiveLoader(ContentStore content, Leases leases, Resolver resolver, Installer installer) {
        this.content = content;
        this.leases = leases;
        this.resolver = resolver;
        this.installer = installer;
    }

    List<ImageRecord> load(InputStream stream) {
        try (Leases.Held lease = leases.open("load")) {
            Archive archive = Archive.read(stream, content, lease);
            List<ImageRecord> images =
                    archive.has("index.json") && archive.has("oci-layout") ? layout(archive) : saved(archive);
            lease.done();
            return images;
        }
    }

    private List<ImageRecord> layout(Archive archive) {
        List<ImageRecord> images = new ArrayList<>();
        Document top = archive.document("index.json");
        if (!(DocumentReader.read(top) instanceof ImageDocument.Index index)) {
            throw new Failure.Broken("the archive's index.json is no index");
        }
        for (ImageDocument.Entry entry : index.entries()) {
            if (entry.platform().unknown() || Platform.ofThisNode().runs(entry.platform())) {
                Resolved image = resolver.resolve(archive.document(entry.descriptor()), archive);
                images.add(install(image, names(entry)));
            }
        }
        if (images.isEmpty()) {
            throw new Failure.NotFound("the archive has no image for " + Platform.ofThisNode());
        }
        return images;
    }

    private List<ImageRecord> saved(Archive archive) {
        if (!archive.has("manifest.json")) {
            throw new Failure.Invalid("the archive is neither an OCI image layout (index.json, oci-layout) nor a"
                    + " docker save (manifest.json)");
        }
        List<ImageRecord> images = new ArrayList<>();
        for (JsonNode entry : archive.array("manifest.json")) {
            List<String> tags = new ArrayList<>();
            entry.path("RepoTags")
                    .forEach(tag -> Reference.parse(tag.asText()).tagged().ifPresent(tags::add));
            Document manifest = SavedManifest.of(entry, archive);
            Resolved image = resolver.resolve(manifest, archive);
            images.add(install(image, new Installer.Names(tags, List.of())));
        }
        return images;
    }

    private ImageRecord install(Resolved image, Installer.Names names) {
        return installer.install(image, names, ArchiveLoader::verified, "loading " + image.id());
    }

    private static void verified(Ingest ingest, Runnable stop) {
        stop.run();
        if (!ingest.whole()) {
            throw new Failure.Broken(
                    "the archive lacks layer " + ingest.descriptor().digest());
        }
        ingest.verify("the archive");
    }

    /** A bare tag names nothing: such an image has only its id. */
    private static Installer.Names names(ImageDocument.Entry entry) {
        if (!entry.name().contains(":") && !entry.name().contains("/")) {
            return new Installer.Names(List.of(), List.of());
        }
        Reference reference = Reference.parse(entry.name());
        return new Installer.Names(
                reference.tagged().map(List::of).orElse(List.of()),
                List.of(reference.at(entry.descriptor().digest())));
    }
}
