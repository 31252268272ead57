package io.holdfast.it.bench;

import io.holdfast.it.BusyboxRoot;
import io.holdfast.it.Rig;
import io.holdfast.it.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Root filesystems for pods by hand: busybox below, an overlay for each. */
final class HandRoots implements AutoCloseable {
    private final Path directory;
    private final Path lower;
    private final List<Path> mounted = new ArrayList<>();

    HandRoots(Rig rig) {
        this.directory = rig.directory();
        this.lower = directory.resolve("lower");
        try {
            Files.createDirectories(lower);
            var layer = Files.write(
                    directory.resolve("layer.tgz"), BusyboxRoot.layer().blob());
            Shell.run("tar", "-xzf", layer.toString(), "-C", lower.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another mounted root filesystem. */
    Path next() {
        var overlay = directory.resolve("overlay" + mounted.size());
        try {
            var upper = Files.createDirectories(overlay.resolve("upper"));
            var work = Files.createDirectories(overlay.resolve("work"));
            var root = Files.createDirectories(overlay.resolve("root"));
            var options = "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work;
            Shell.run("mount", "-t", "overlay", "-o", options, "hfbench", root.toString());
            mounted.add(root);
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        mounted.forEach(root -> Shell.run("umount", root.toString()));
    }
}
