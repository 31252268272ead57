package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every trace that a container runtime can leave on a machine outside its own directories, a line each. */
public final class Footprint {
    private static final Path PROC = Path.of("/proc");

    /** Plugins make these once for all pods and leave them; what they hold for a pod is a rule of its own. */
    private static final Predicate<String> SHARED = Pattern.compile(
                    ":CNI-(HOSTPORT-\\w+|ADMIN|FORWARD) |-A \\w+ .*-j CNI-(HOSTPORT-(DNAT|MASQ)|FORWARD)"
                            + "|-A CNI-HOSTPORT-(MASQ|SETMARK) |-A CNI-FORWARD .*-j CNI-ADMIN")
            .asPredicate();

    private static final Pattern HELPERS =
            Pattern.compile("^\\S*(conmon|containerd-shim\\S*|crun|runc\\S*|catatonit) ");

    private Footprint() {}

    /** The traces of this moment. */
    public static SortedSet<String> now() {
        var traces = new TreeSet<String>();
        mounts().forEach(traces::add);
        cgroups().forEach(traces::add);
        processes().forEach(traces::add);
        files(Path.of("/run/netns"), "netns pin ").forEach(traces::add);
        files(Path.of("/var/lib/cni"), "CNI file ").forEach(traces::add);
        lines("link ", "ip", "-o", "link").map(Footprint::withoutCounters).forEach(traces::add);
        traces.addAll(rules("iptables"));
        traces.addAll(rules("ip6tables"));
        return traces;
    }

    /** Mount points with their types; the numbers before them differ from mount to mount. */
    private static Stream<String> mounts() {
        return read(PROC.resolve("self/mountinfo"))
                .lines()
                .map(line -> line.split(" "))
                .map(fields -> "mount " + fields[4] + " of " + fields[3]);
    }

    private static Stream<String> cgroups() {
        try (var all = Files.walk(Path.of("/sys/fs/cgroup"), 7)) {
            return List.copyOf(
                    all.filter(Files::isDirectory).map(path -> "cgroup " + path).toList())
                    .stream();
        } catch (IOException | UncheckedIOException e) {
            // A cgroup went while we walked: whoever removed it is still at work, so look again.
            return cgroups();
        }
    }

    /** Processes by command and cgroup, which names the container; those of the suite's own surroundings do not count. */
    private static Stream<String> processes() {
        var ours = read(PROC.resolve("self/cgroup"));
        return ProcessHandle.allProcesses()
                .map(process -> PROC.resolve(Long.toString(process.pid())))
                .filter(directory -> isRuntimes(directory, ours))
                .map(directory -> "process " + directory.getFileName() + " " + commandOf(directory) + " in "
                        + read(directory.resolve("cgroup")).replace('\n', ' '));
    }

    /** Containers have cgroups of their own; monitors and OCI runtimes may be in the cgroup that the daemon was started in. */
    private static boolean isRuntimes(Path process, String ourCgroup) {
        var command = commandOf(process);
        var elsewhere = !read(process.resolve("cgroup")).equals(ourCgroup);
        return !command.isEmpty() && (elsewhere || HELPERS.matcher(command).find());
    }

    /** Kernel threads have none. */
    private static String commandOf(Path process) {
        return read(process.resolve("cmdline")).replace('\0', ' ');
    }

    private static Stream<String> files(Path directory, String kind) {
        if (!Files.isDirectory(directory)) {
            return Stream.empty();
        }
        try (var all = Files.walk(directory)) {
            return List.copyOf(
                    all.filter(Files::isRegularFile).map(path -> kind + path).toList())
                    .stream();
        } catch (IOException | UncheckedIOException e) {
            return files(directory, kind);
        }
    }

    private static Stream<String> lines(String kind, String... command) {
        return Shell.run(command).lines().map(line -> kind + line);
    }

    /** Chains and rules of every table, as {@code iptables-save} tells them, without their counters. */
    private static List<String> rules(String family) {
        var rules = new ArrayList<String>();
        var table = "";
        for (var line : Shell.run(family + "-save").split("\n")) {
            if (line.startsWith("*")) {
                table = line.substring(1);
            } else if ((line.startsWith(":") || line.startsWith("-A")) && !SHARED.test(line)) {
                rules.add(family + " " + table + " " + line.replaceFirst(" \\[\\d+:\\d+\\]$", ""));
            }
        }
        return rules;
    }

    /** {@code 7: veth12@if2: <UP> mtu 1500 … master br0}: the bridge itself changes state with its members. */
    private static String withoutCounters(String link) {
        var fields = link.split(" ");
        var master = link.contains(" master ")
                ? " master " + link.split(" master ")[1].split(" ")[0]
                : "";
        return fields[0] + " " + fields[2].replaceFirst("@.*", "") + master;
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // The process has ended meanwhile.
            return "";
        }
    }
}
