package io.holdfast.linux;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The control groups of this machine, v1 (a tree per controller) or v2 (one tree). A group is named by its path below
 * the root, such as {@code /kubepods/pod1/c1}, the same in every tree.
 */
public final class Cgroup {
    private static final String V2_MARK = "cgroup.controllers";
    private static final Set<String> LIMITING = Set.of("cpu", "memory", "pids");
    private static final String THREADED = "threaded";
    private static final String PROCESS_ID = "Tgid:";

    private final boolean unified;
    private final Map<String, Path> trees;

    private Cgroup(boolean unified, Map<String, Path> trees) {
        this.unified = unified;
        this.trees = Map.copyOf(trees);
    }

    /** Finds out what is mounted below this directory, usually {@code /sys/fs/cgroup}. */
    public static Cgroup at(Path root) {
        if (Files.exists(root.resolve(V2_MARK))) {
            return new Cgroup(true, Map.of("", root));
        }
        Map<String, Path> trees = new HashMap<>();
        try (var children = Files.list(root)) {
            children.filter(Files::isDirectory)
                    .filter(tree -> Files.exists(tree.resolve("cgroup.procs")) || Files.exists(tree.resolve("tasks")))
                    .forEach(tree -> trees.put(tree.getFileName().toString(), tree));
        } catch (IOException failed) {
            throw new UncheckedIOException("reading the cgroups below " + root, failed);
        }
        if (trees.isEmpty()) {
            throw new Failure.Unavailable("no cgroup is mounted below " + root + "; mount cgroup2 there");
        }
        return new Cgroup(false, trees);
    }

    /** Whether this is v2. */
    public boolean unified() {
        return unified;
    }

    public Set<String> controllers() {
        return trees.keySet();
    }

    /** The directory of a group in the tree of one controller; on v2 the controller does not matter. */
    public Optional<Path> directory(String controller, String group) {
        Path tree = unified ? trees.get("") : trees.get(controller);
        return Optional.ofNullable(tree).map(root -> root.resolve(relative(group)));
    }

    /** Makes the group in every tree. */
    public void create(String group) {
        for (Path tree : trees.values()) {
            try {
                Files.createDirectories(tree.resolve(relative(group)));
            } catch (IOException failed) {
                throw new UncheckedIOException("making cgroup " + group + " in " + tree, failed);
            }
        }
        Optional.ofNullable(trees.get("cpuset")).ifPresent(tree -> inheritCpuset(tree, Path.of(relative(group))));
    }

    /** Moves a process into the group in every tree. */
    public void place(String group, long pid) {
        trees.values()
                .forEach(tree -> write(tree.resolve(relative(group)).resolve("cgroup.procs"), Long.toString(pid)));
    }

    /** Every process in the group or below it, also while groups below it come and go. */
    public Set<Long> processes(String group) {
        Set<Long> pids = new LinkedHashSet<>();
        for (Path directory : deepestFirst(processTree().resolve(relative(group)))) {
            pids.addAll(processesIn(directory));
        }
        return pids;
    }

    /** Whether the process is in the group, or below it, wherever what it may use is limited. */
    public boolean holds(String group, long pid) {
        return trees.entrySet().stream()
                .filter(tree -> unified || LIMITING.contains(tree.getKey()))
                .map(tree -> tree.getValue().resolve(relative(group)))
                .allMatch(top -> processesIn(top).contains(pid)
                        || deepestFirst(top).stream()
                                .anyMatch(below -> processesIn(below).contains(pid)));
    }

    /** Kills every process in the group and below it, once. The caller waits and asks again. */
    public void kill(String group, Kernel kernel) {
        for (long pid : processes(group)) {
            ProcessIdentity.of(pid).ifPresent(process -> process.signal(kernel, Kernel.SIGKILL));
        }
    }

    /** Removes the group and what is below it from every tree; success where it is gone. Fails while processes are in it. */
    public void remove(String group) {
        for (Path tree : trees.values()) {
            deepestFirst(tree.resolve(relative(group))).forEach(Cgroup::removeOne);
        }
    }

    /** How often the kernel has killed for memory in this group; empty where it is gone. */
    public OptionalLong oomKills(String group) {
        String file = unified ? "memory.events" : "memory.oom_control";
        return directory("memory", group)
                .map(path -> keyed(path.resolve(file), "oom_kill"))
                .orElse(OptionalLong.empty());
    }

    /** The number behind a key in a file of lines of key and number, such as memory.stat. */
    public static OptionalLong keyed(Path file, String key) {
        return read(file).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(key + " "))
                .mapToLong(
                        line -> Long.parseLong(line.substring(key.length() + 1).strip()))
                .findFirst();
    }

    /** The only number in a file; empty where the file is gone or says {@code max}. */
    public static OptionalLong number(Path file) {
        return read(file)
                .map(String::strip)
                .filter(text -> !text.isEmpty() && text.chars().allMatch(Character::isDigit))
                .map(text -> OptionalLong.of(Long.parseUnsignedLong(text)))
                .orElse(OptionalLong.empty());
    }

    /** The content of a cgroup file; empty where it, or its group, is gone. */
    public static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException failed) {
            if (isGone(failed)) {
                return Optional.empty();
            }
            throw new UncheckedIOException("reading " + file, failed);
        }
    }

    private Path processTree() {
        return unified
                ? trees.get("")
                : trees.getOrDefault("pids", trees.values().iterator().next());
    }

    /** A group whose threads are in groups apart does not list its processes, but only their threads. */
    private static List<Long> processesIn(Path directory) {
        try {
            return numbers(directory.resolve("cgroup.procs"));
        } catch (UncheckedIOException refused) {
            if (!read(directory.resolve("cgroup.type")).orElse("").startsWith(THREADED)) {
                throw refused;
            }
            return numbers(directory.resolve("cgroup.threads")).stream()
                    .flatMap(thread -> processOf(thread).stream())
                    .distinct()
                    .toList();
        }
    }

    private static Optional<Long> processOf(long thread) {
        return read(Path.of("/proc", Long.toString(thread), "status")).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(PROCESS_ID))
                .map(line -> Long.valueOf(line.substring(PROCESS_ID.length()).strip()))
                .findFirst();
    }

    private static List<Long> numbers(Path file) {
        return read(file).stream().flatMap(String::lines).map(Long::valueOf).toList();
    }

    private static List<Path> deepestFirst(Path top) {
        List<Path> found = new ArrayList<>();
        addDeepestFirst(top, found);
        return found;
    }

    private static void addDeepestFirst(Path directory, List<Path> found) {
        try (var children = Files.newDirectoryStream(directory, Cgroup::isGroup)) {
            children.forEach(child -> addDeepestFirst(child, found));
            found.add(directory);
        } catch (DirectoryIteratorException failed) {
            throwUnlessGone(directory, failed.getCause());
        } catch (IOException failed) {
            throwUnlessGone(directory, failed);
        }
    }

    private static boolean isGroup(Path entry) {
        return Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
    }

    private static void throwUnlessGone(Path directory, IOException failed) {
        if (!isGone(failed)) {
            throw new UncheckedIOException("walking cgroup " + directory, failed);
        }
    }

    /** The texts are what a file says that was open when its group, or its process, went. */
    private static boolean isGone(IOException failed) {
        String said = String.valueOf(failed.getMessage());
        return failed instanceof NoSuchFileException
                || said.contains("No such device")
                || said.contains("No such process");
    }

    private static void removeOne(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException failed) {
            List<Long> left = processesIn(directory);
            String why = left.isEmpty() ? "" : "; processes " + left + " are still in it";
            throw new Failure.Broken("removing a cgroup: " + failed.getMessage() + why, failed);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException("writing " + text + " to " + file, failed);
        }
    }

    /** On v1 a new group has no cpus and no memory nodes, and takes no process before it has. */
    private static void inheritCpuset(Path tree, Path group) {
        for (int depth = 1; depth <= group.getNameCount(); depth++) {
            Path directory = tree.resolve(group.subpath(0, depth));
            for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
                if (read(directory.resolve(file)).orElse("").isBlank()) {
                    read(directory.resolveSibling(file)).ifPresent(above -> write(directory.resolve(file), above));
                }
            }
        }
    }

    private static String relative(String group) {
        return group.startsWith("/") ? group.substring(1) : group;
    }
}
