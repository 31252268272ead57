package io.holdfast.sandbox;

import io.holdfast.container.OciRuntime;
import io.holdfast.linux.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in our own directories and no record names: left where a database was lost. Ids alone are taken for ours,
 * whatever else stands there.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final String ID = "[0-9a-f]{64}";

    private final Kernel kernel;
    private final Handlers handlers;
    private final SandboxPaths paths;

    Leftovers(Kernel kernel, Handlers handlers, SandboxPaths paths) {
        this.kernel = kernel;
        this.handlers = handlers;
        this.paths = paths;
    }

    /** Lets go of every sandbox that is not among the known ones. */
    void sweep(Set<String> known) {
        Set<String> found = new TreeSet<>(names(paths.directory("x").getParent()));
        found.addAll(names(paths.netns("x").getParent()));
        found.removeAll(known);
        found.forEach(this::remove);
    }

    private void remove(String id) {
        LOG.warn("Sandbox {} is on no record; what is left of it is removed", id);
        Path bundle = paths.bundle(id);
        if (Files.exists(bundle)) {
            var request =
                    new OciRuntime.Request(id, bundle, bundle, paths.ownCgroup(id), new OciRuntime.Output.Nowhere());
            handlers.runtimes().values().forEach(runtime -> runtime.delete(request));
        }
        new SandboxFiles(kernel).unmountShm(paths.shm(id));
        new NetNamespace(kernel).unpin(paths.netns(id));
        SandboxFiles.delete(paths.directory(id));
    }

    private static Set<String> names(Path directory) {
        Set<String> names = new TreeSet<>();
        if (!Files.isDirectory(directory)) {
            return names;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (IOException failed) {
            throw new UncheckedIOException("listing " + directory, failed);
        }
        names.removeIf(name -> !name.matches(ID));
        return names;
    }
}
