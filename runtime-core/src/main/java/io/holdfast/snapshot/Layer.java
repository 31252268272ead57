package io.holdfast.snapshot;

import io.holdfast.linux.FreshThread;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Deadline;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;

/** A layer being unpacked into its own directory. For one thread, and one archive. */
public final class Layer {
    private static final Duration LONGEST = Duration.ofHours(6);

    private final long number;
    private final String purpose;
    private final Path directory;
    private final LayerTar tar;
    private Usage usage = Usage.NONE;

    Layer(Kernel kernel, long number, String purpose, Path directory) {
        this.number = number;
        this.purpose = purpose;
        this.directory = directory;
        this.tar = new LayerTar(kernel, directory, LayerLimits.DEFAULT);
    }

    /**
     * Unpacks a tar archive, which is not compressed. The stream is read to its end and not closed. Unpacking holds its
     * thread for as long as it lasts, and therefore has one of its own.
     */
    public LayerTar.Applied apply(InputStream archive) {
        Deadline deadline = Deadline.current(LONGEST);
        LayerTar.Applied applied =
                FreshThread.call("unpack-" + number, () -> Deadline.bound(deadline, () -> tar.apply(archive)));
        usage = new Usage(applied.bytes(), applied.inodes());
        return applied;
    }

    @Override
    public String toString() {
        return "layer " + number + " (" + purpose + ")";
    }

    long number() {
        return number;
    }

    Path directory() {
        return directory;
    }

    Usage usage() {
        return usage;
    }

    LayerTar tar() {
        return tar;
    }
}
