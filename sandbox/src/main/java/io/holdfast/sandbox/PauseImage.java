package io.holdfast.sandbox;

import io.holdfast.image.Credentials;
import io.holdfast.image.Image;
import io.holdfast.image.ImageConfig;
import io.holdfast.image.Images;
import io.holdfast.image.PullRequest;
import io.holdfast.linux.OwnDirectory;
import io.holdfast.snapshot.Snapshotter;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A pause program out of an image, for a node that wants one. The image is pulled where it is missing, and pinned; its
 * root is mounted once and shared by every sandbox.
 */
public final class PauseImage implements Supplier<PauseProgram> {

    private final String reference;
    private final Images images;
    private final Snapshotter snapshotter;
    private final Path mounts;
    private final ReentrantLock mounting = new ReentrantLock();

    public PauseImage(String reference, Images images, Snapshotter snapshotter, SandboxPaths paths) {
        this.reference = reference;
        this.images = images;
        this.snapshotter = snapshotter;
        this.mounts = paths.pauseMounts();
        images.pin(reference);
    }

    @Override
    public PauseProgram get() {
        Image image = images.find(reference).orElseGet(() -> images.pull(new PullRequest(reference, Credentials.NONE)));
        return program(image.config(), mounted(image));
    }

    private PauseProgram program(ImageConfig config, Path root) {
        List<String> command = new ArrayList<>(config.entrypoint());
        command.addAll(config.command());
        if (command.isEmpty()) {
            throw new Failure.Invalid(
                    "sandbox.image: the image " + reference + " names no program to run; set a pause image");
        }
        String[] user = config.user().split(":", 2);
        return new PauseProgram(root, command, config.environment(), number(user[0]), number(user[user.length - 1]));
    }

    private long number(String id) {
        if (id.isEmpty()) {
            return 0;
        }
        if (!id.matches("[0-9]{1,9}")) {
            throw new Failure.Invalid("sandbox.image: the image " + reference + " runs as " + id
                    + "; only numbers are known for a pause image");
        }
        return Long.parseLong(id);
    }

    /** One mount for all; it outlives the daemon, and is made anew after a reboot. */
    private Path mounted(Image image) {
        String name = PauseMounts.KEY + image.id().substring(image.id().indexOf(':') + 1);
        mounting.lock();
        try {
            Path target = OwnDirectory.make(mounts.resolve(name));
            snapshotter.prepare(name, image.chain());
            snapshotter.mount(name, target);
            return target;
        } finally {
            mounting.unlock();
        }
    }
}
