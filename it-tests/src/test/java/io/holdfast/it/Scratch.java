package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A run's own directory under /tmp and its own cgroup; both go away with it. */
public final class Scratch implements AutoCloseable {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final Path root;

    public Scratch() {
        try {
            // Short: a unix socket's path may have 107 bytes.
            this.root = Files.createTempDirectory("hfit-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path root() {
        return root;
    }

    /** A directory below the root, made if it is missing. */
    public Path directory(String... names) {
        try {
            return Files.createDirectories(Path.of(root.toString(), names));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cgroup (a path as the CRI's cgroup_parent has it) above every pod's own. */
    public String cgroup() {
        return "/" + root.getFileName();
    }

    /** The parent cgroup of one pod, which the kubelet would make and remove. */
    public String podCgroup(String uid) {
        return cgroup() + "/pod" + uid;
    }

    /** Removes a pod's parent cgroup from every hierarchy; a runtime that left something in it makes this fail. */
    public void removeCgroup(String cgroup) {
        hierarchies()
                .map(base -> Path.of(base.toString(), cgroup))
                .filter(Files::exists)
                .forEach(Scratch::removeEmpty);
    }

    @Override
    public void close() {
        removeCgroup(cgroup());
        // Through the shell's rm: it does not follow symlinks that tests made, and reports what it cannot remove.
        Shell.run("rm", "-rf", "--one-file-system", root.toString());
    }

    /** Version 2 has one hierarchy, version 1 one for each set of controllers. */
    private static Stream<Path> hierarchies() {
        try (var children = Files.list(CGROUPS)) {
            return Stream.concat(Stream.of(CGROUPS), List.copyOf(children.toList()).stream())
                    .filter(Files::isDirectory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeEmpty(Path cgroup) {
        try (var below = Files.walk(cgroup)) {
            var left = below.filter(Files::isDirectory)
                    .filter(path -> !path.equals(cgroup))
                    .sorted(Comparator.naturalOrder())
                    .toList();
            if (!left.isEmpty()) {
                throw new AssertionError("the runtime left cgroups behind: " + left);
            }
            Files.delete(cgroup);
        } catch (IOException e) {
            throw new UncheckedIOException("remove the cgroup " + cgroup, e);
        }
    }
}
