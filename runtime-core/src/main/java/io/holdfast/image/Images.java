package io.holdfast.image;

import io.holdfast.content.ContentStore;
import io.holdfast.metadata.Database;
import io.holdfast.registry.Reference;
import io.holdfast.registry.Registries;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.snapshot.Usage;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import io.holdfast.work.InFlight;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The images of this node. An image is here whole and durable, or not at all; what only a removed image needed goes in
 * the background, within moments unless a container stands on it.
 */
public final class Images implements AutoCloseable {
    private final ContentStore content;
    private final Snapshotter snapshotter;
    private final Path root;
    private final Catalog catalog;
    private final Puller puller;
    private final ArchiveLoader loader;
    private final Sweeper sweeper;
    private final InFlight<PullRequest, ImageRecord> pulls;
    private final Set<String> pins = ConcurrentHashMap.newKeySet();

    /**
     * @param content the directory of the content store
     * @param layersAtOnce how many layers of one pull are fetched and unpacked side by side
     * @param pullLimit how long one pull may last in all
     * @param abandoned how long what a failed pull had fetched waits for the next try
     */
    public record Settings(
            Path content, int layersAtOnce, Duration pullLimit, Duration abandoned, UnpackLimits unpack) {
        public static Settings usual(Path content) {
            return new Settings(content, 3, Duration.ofHours(2), Duration.ofMinutes(10), UnpackLimits.usual());
        }
    }

    public Images(
            Settings settings,
            Registries registries,
            Snapshotter snapshotter,
            Database database,
            Failpoints failpoints) {
        this.root = settings.content();
        this.snapshotter = snapshotter;
        this.content = new ContentStore(settings.content(), failpoints);
        this.catalog = new Catalog(
                database.records("images", ImageRecord.class),
                image -> image.chain().stream().allMatch(snapshotter::has));
        Leases leases = new Leases(database.records("leases", Lease.class), settings.abandoned());
        Resolver resolver = new Resolver(content, Platform.ofThisNode());
        Unpacker unpacker = new Unpacker(content, snapshotter, settings.unpack(), settings.layersAtOnce(), failpoints);
        Installer installer = new Installer(catalog, content, leases, unpacker, failpoints);
        this.puller = new Puller(registries, catalog, content, resolver, installer);
        this.loader = new ArchiveLoader(content, leases, resolver, installer);
        this.pulls = new InFlight<>(settings.pullLimit());
        this.sweeper = new Sweeper(new Collector(catalog, leases, content, snapshotter));
    }

    /**
     * Pulls the image, or joins the pull of it that is under way with the same credentials. {@link Failure.Invalid} for
     * what is no name, {@link Failure.NotFound}, {@link Failure.Denied}, {@link Failure.Unavailable} as the registry
     * has it, {@link Failure.Broken} for what came and cannot be used.
     */
    public Image pull(PullRequest request) {
        Reference reference = Reference.parse(request.reference());
        PullRequest key = new PullRequest(reference.toString(), request.credentials());
        return pulls.join(key, () -> pulled(reference, request.credentials())).image(pins);
    }

    /** The image of a name, short or full, of an id with or without its algorithm, or of the unique start of one. */
    public Optional<Image> find(String nameOrId) {
        return catalog.find(nameOrId).map(image -> image.image(pins));
    }

    public List<Image> list() {
        return catalog.list().stream().map(image -> image.image(pins)).toList();
    }

    /** Removes the image with all of its names, whichever it is called by here; what runs from it goes on. */
    public void remove(String nameOrId) {
        boolean removed = catalog.find(nameOrId)
                .filter(image -> catalog.remove(image.id()))
                .isPresent();
        if (!removed) {
            throw new Failure.NotFound("image " + nameOrId + ": there is none of that name or id");
        }
        sweeper.wake();
    }

    /** Loads every image of an archive that can run here: an OCI layout or a {@code docker save}, as tar, compressed or not. */
    public List<Image> load(InputStream archive) {
        try {
            return loader.load(archive).stream().map(image -> image.image(pins)).toList();
        } finally {
            sweeper.wake();
        }
    }

    /** From now on, an image of this name is reported as pinned. */
    public void pin(String reference) {
        pins.add(Reference.parse(reference).toString());
    }

    public ImageUsage usage() {
        ContentStore.Usage stored = content.usage();
        Usage unpacked = snapshotter.total();
        return new ImageUsage(stored.bytes() + unpacked.bytes(), stored.files() + unpacked.inodes(), root);
    }

    /** Removes what nothing needs any more, now; it is done in the background anyway. */
    public void collect() {
        sweeper.sweep();
    }

    @Override
    public void close() {
        sweeper.close();
    }

    private ImageRecord pulled(Reference reference, Credentials credentials) {
        try {
            return puller.pull(reference, credentials);
        } finally {
            sweeper.wake();
        }
    }
}
