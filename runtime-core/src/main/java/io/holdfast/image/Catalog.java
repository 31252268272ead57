package io.holdfast.image;

import io.holdfast.metadata.RecordStore;
import io.holdfast.registry.Reference;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images by id and by name. Reading never waits. A tag is of one image at a time; an image without any name left is
 * still found by its id.
 */
final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final String SHA256 = "sha256:";

    /** All of it at one moment; never changed. */
    private record State(Map<String, ImageRecord> images, Map<String, String> names) {
        static State of(Map<String, ImageRecord> images) {
            Map<String, String> names = new TreeMap<>();
            for (ImageRecord image : images.values()) {
                image.tags().forEach(tag -> names.put(tag, image.id()));
                image.digests().forEach(digest -> names.put(digest, image.id()));
            }
            return new State(images, names);
        }
    }

    private final RecordStore<ImageRecord> store;
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
    private volatile State state = State.of(new TreeMap<>());

    /**
     * Loads what is there; an image that fails {@code whole} is forgotten, so that it is pulled again. A record that
     * cannot be read is left for a version that can.
     */
    Catalog(RecordStore<ImageRecord> store, Predicate<ImageRecord> whole) {
        this.store = store;
        Map<String, ImageRecord> images = new TreeMap<>();
        RecordStore.Loaded<ImageRecord> loaded = store.load();
        loaded.records().values().stream()
                .sorted((one, other) -> Long.compare(one.revision(), other.revision()))
                .forEach(image -> keep(image, whole, images));
        unreadable.addAll(loaded.unreadable());
        state = State.of(images);
    }

    /** Whether every image is known here: else there are layers and documents of which nobody knows that they are kept. */
    boolean isComplete() {
        return unreadable.isEmpty();
    }

    List<ImageRecord> list() {
        return List.copyOf(state.images().values());
    }

    /** By id with or without its algorithm, by any name, or by the start of an id that is of one image alone. */
    Optional<ImageRecord> find(String nameOrId) {
        State now = state;
        ImageRecord byId = now.images().get(nameOrId.startsWith(SHA256) ? nameOrId : SHA256 + nameOrId);
        if (byId != null) {
            return Optional.of(byId);
        }
        return byName(now, nameOrId).or(() -> byPrefix(now, nameOrId));
    }

    /** The image of exactly this reference. */
    Optional<ImageRecord> find(Reference reference) {
        State now = state;
        return Optional.ofNullable(now.names().get(reference.toString())).map(now.images()::get);
    }

    /** Makes the image visible, durably, with its names besides those that it has; a tag leaves the image it was of. */
    synchronized ImageRecord publish(ImageRecord image) {
        long revision = lastRevision() + 1;
        Map<String, ImageRecord> images = new TreeMap<>(state.images());
        ImageRecord known = images.get(image.id());
        ImageRecord published = (known == null ? image : image.over(known)).revised(revision);
        store.put(published.id(), published);
        images.put(published.id(), published);
        unreadable.remove(published.id());
        for (String tag : image.tags()) {
            takeFromOthers(tag, published.id(), images, revision);
        }
        state = State.of(images);
        return published;
    }

    /** Removes the image with all its names. False where it is gone. */
    synchronized boolean remove(String id) {
        Map<String, ImageRecord> images = new TreeMap<>(state.images());
        if (images.remove(id) == null) {
            return false;
        }
        store.delete(id);
        state = State.of(images);
        return true;
    }

    /** The digests of all documents that images keep. */
    Set<String> content() {
        Set<String> all = new HashSet<>();
        state.images().values().forEach(image -> all.addAll(image.content()));
        return all;
    }

    /** The chain ids of all layers that images keep. */
    Set<String> layers() {
        Set<String> all = new HashSet<>();
        state.images().values().forEach(image -> all.addAll(image.chain()));
        return all;
    }

    private void keep(ImageRecord image, Predicate<ImageRecord> whole, Map<String, ImageRecord> images) {
        if (!whole.test(image)) {
            LOG.warn("The image {} {} has lost a layer and is forgotten; pull it again", image.id(), image.tags());
            store.delete(image.id());
            return;
        }
        images.put(image.id(), image);
        image.tags().forEach(tag -> takeFromOthers(tag, image.id(), images, image.revision()));
    }

    private void takeFromOthers(String tag, String id, Map<String, ImageRecord> images, long revision) {
        for (ImageRecord other : new ArrayList<>(images.values())) {
            if (!other.id().equals(id) && other.tags().contains(tag)) {
                ImageRecord left = other.without(tag, revision);
                store.put(left.id(), left);
                images.put(left.id(), left);
            }
        }
    }

    private long lastRevision() {
        return state.images().values().stream()
                .mapToLong(ImageRecord::revision)
                .max()
                .orElse(0);
    }

    private static Optional<ImageRecord> byName(State now, String text) {
        try {
            String name = Reference.parse(text).toString();
            return Optional.ofNullable(now.names().get(name)).map(now.images()::get);
        } catch (Failure.Invalid _) {
            return Optional.empty(); // no name, so perhaps an id
        }
    }

    private static Optional<ImageRecord> byPrefix(State now, String text) {
        String digits = text.startsWith(SHA256) ? text.substring(SHA256.length()) : text;
        if (!digits.matches("[0-9a-f]{1,64}")) {
            return Optional.empty();
        }
        List<ImageRecord> found = now.images().values().stream()
                .filter(image -> image.id().startsWith(SHA256 + digits))
                .limit(2)
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }
}
