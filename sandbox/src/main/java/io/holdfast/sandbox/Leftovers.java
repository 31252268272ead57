package io.holdfast.sandbox;

import io.holdfast.container.OciRuntime;
import io.holdfast.oci.Bundle;
import io.holdfast.oci.CgroupName;
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

    private final KernelKeepers.Machine machine;
    private final Handlers handlers;
    private final SandboxPaths paths;

    Leftovers(KernelKeepers.Machine machine, Handlers handlers, SandboxPaths paths) {
        this.machine = machine;
        this.handlers = handlers;
        this.paths = paths;
    }

    /** The ids of every sandbox of which something is there. */
    Set<String> standing() {
        Set<String> found = new TreeSet<>(names(paths.directories()));
        found.addAll(names(paths.netns("x").getParent()));
        return found;
    }

    /** Which handler it was for nobody remembers: each is asked to forget it. */
    void remove(String id) {
        LOG.warn("Sandbox {} is on no record; what is left of it is removed", id);
        Path bundle = paths.bundle(id);
        Bundle.find(bundle).ifPresent(spec -> {
            String cgroup = CgroupName.inTree(spec.linux().cgroupsPath());
            var request = new OciRuntime.Request(id, bundle, bundle, cgroup, new OciRuntime.Output.Nowhere());
            handlers.runtimes().values().forEach(runtime -> runtime.delete(request));
        });
        paths.ownGroup(id).ifPresent(machine.cgroup()::remove);
        new SandboxFiles(machine.kernel()).unmountShm(paths.shm(id));
        new NetNamespace(machine.kernel()).unpin(paths.netns(id));
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
