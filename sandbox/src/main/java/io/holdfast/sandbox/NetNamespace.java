package io.holdfast.sandbox;

import io.holdfast.linux.FreshThread;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.OwnDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Network namespaces pinned by a mount in a directory of our own, so that they outlive every process in them. */
final class NetNamespace {
    private final Kernel kernel;

    NetNamespace(Kernel kernel) {
        this.kernel = kernel;
    }

    /** A new namespace at this path, its loopback up. */
    void pin(Path path) {
        OwnDirectory.make(path.getParent());
        try {
            Files.createFile(path);
        } catch (IOException failed) {
            throw new UncheckedIOException("making " + path + " to pin a network namespace", failed);
        }
        FreshThread.run("netns-" + path.getFileName(), () -> {
            kernel.unshare(Kernel.CLONE_NEWNET);
            kernel.linkUp("lo");
            kernel.bind(kernel.ownThread().resolve("ns/net"), path);
        });
    }

    /** Success where it is gone. Detached, so that a process that still has it mounted elsewhere delays nothing. */
    void unpin(Path path) {
        kernel.unmount(path);
        try {
            Files.delete(path);
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException failed) {
            throw new UncheckedIOException("removing " + path + ", which pinned a network namespace", failed);
        }
    }
}
