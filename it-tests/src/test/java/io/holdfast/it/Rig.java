package io.holdfast.it;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What one run of the suite stands on: the runtime's socket (Holdfast's own distribution started here, or the one that
 * {@code -Dcri.endpoint} names), the registry with the test images, and a scratch directory. {@code -Dcri.runtime} names
 * the runtime handler that pods ask for.
 */
public final class Rig implements AutoCloseable {
    private final Scratch scratch;
    private final LoopbackRegistry registry;
    private final TestImages images;
    private final Subject subject;
    private final Endpoint endpoint;
    private final Set<String> marks = ConcurrentHashMap.newKeySet();
    private final List<HoldfastDaemon> others = new CopyOnWriteArrayList<>();

    private Rig(Scratch scratch, Subject subject) {
        this.scratch = scratch;
        this.registry = new LoopbackRegistry(scratch.directory("registry"));
        this.images = new TestImages(registry);
        this.subject = subject;
        this.endpoint = new Endpoint(subject.socket());
        marks.addAll(subject.marks());
        marks.add(scratch.podCgroup(""));
    }

    /** Brings all of it up; the runtime is ready when this returns. */
    public static Rig assemble() {
        var scratch = new Scratch();
        var named = System.getProperty("cri.endpoint", "");
        if (!named.isEmpty()) {
            return new Rig(scratch, new Subject.Named(Path.of(named.replaceFirst("^unix://", ""))));
        }
        var daemon = new HoldfastDaemon(scratch.directory("daemon"));
        daemon.start();
        return new Rig(scratch, daemon);
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** The daemon that was started here, unless an endpoint was named. */
    public Optional<HoldfastDaemon> daemon() {
        return switch (subject) {
            case HoldfastDaemon daemon -> Optional.of(daemon);
            case Subject.Named _ -> Optional.empty();
        };
    }

    public LoopbackRegistry registry() {
        return registry;
    }

    public TestImages images() {
        return images;
    }

    public Scratch scratch() {
        return scratch;
    }

    /** The runtime handler that pods ask for; empty is the runtime's default. */
    public String handler() {
        return System.getProperty("cri.runtime", "");
    }

    /** A fresh directory that goes away with the suite. */
    public Path directory() {
        return scratch.directory("f", UUID.randomUUID().toString().substring(0, 18));
    }

    /** Notes an id whose traces must be gone when a class of tests has ended. */
    void remember(String id) {
        marks.add(id);
    }

    /** Another daemon of our own beside the one under test, for tests that end and configure daemons; not started yet. */
    HoldfastDaemon anotherDaemon(String tables) {
        var another = new HoldfastDaemon(directory(), tables);
        others.add(another);
        marks.addAll(another.marks());
        return another;
    }

    LeakCheck leakCheck() {
        return new LeakCheck(() -> new TreeSet<>(marks), this::traces);
    }

    private Set<String> traces() {
        var all = new TreeSet<>(subject.traces());
        others.forEach(other -> all.addAll(other.traces()));
        return all;
    }

    @Override
    public void close() {
        try (scratch;
                registry;
                endpoint) {
            removeImages();
        } finally {
            subject.close();
        }
    }

    /** A runtime that outlives the suite keeps none of its images. */
    private void removeImages() {
        try (var node = new Node(this)) {
            node
                    .images()
                    .listImages(io.holdfast.runtime.v1.Cri.ListImagesRequest.getDefaultInstance())
                    .getImagesList()
                    .stream()
                    .filter(image -> image.toString().contains(":" + registry.port() + "/"))
                    .forEach(image -> node.removeImage(image.getId()));
        }
    }
}
