package io.holdfast.container;

import io.holdfast.linux.Cgroup;
import io.holdfast.oci.Capability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What this machine, and this daemon on it, can do for a container; found out once, at the start.
 *
 * @param unifiedCgroups whether cgroups are v2
 * @param swapLimits whether the kernel limits swap by cgroup
 * @param hugepageLimits whether there is a hugetlb controller
 * @param capabilities those that the daemon has itself: nobody else can be given more
 * @param oomScoreAdj the daemon's own, below which it can set nobody's without CAP_SYS_RESOURCE
 * @param openFiles the highest limit of open files that the daemon may set
 * @param arch as {@code uname -m} says; {@code kernel} is {@code uname -r}
 * @param sideChannels files that tell of other processes' doings by power, heat or interrupts
 */
public record Machine(
        boolean unifiedCgroups,
        boolean swapLimits,
        boolean hugepageLimits,
        Set<String> capabilities,
        int oomScoreAdj,
        long openFiles,
        SecurityModules modules,
        String arch,
        String kernel,
        List<String> sideChannels) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");
    private static final int HEXADECIMAL = 16;

    public Machine {
        capabilities = Set.copyOf(capabilities);
        sideChannels = List.copyOf(sideChannels);
    }

    /** What of Linux's security the kernel has on. */
    public record SecurityModules(boolean seccomp, boolean apparmor, boolean selinux) {}

    public static Machine read(Cgroup cgroup) {
        String status = text(STATUS);
        Set<String> capabilities = Capability.ofMask(Long.parseLong(field(status, "CapPrm:"), HEXADECIMAL));
        return new Machine(
                cgroup.unified(),
                limitsSwap(cgroup),
                limitsHugepages(cgroup),
                capabilities,
                Integer.parseInt(text(Path.of("/proc/self/oom_score_adj")).strip()),
                mostOpenFiles(capabilities.contains(Capability.SYS_RESOURCE)),
                securityModules(status),
                architecture(),
                System.getProperty("os.version"),
                sideChannelsHere());
    }

    /** The value closest to the asked for that the daemon may set. */
    public int oomScoreAdjFor(long asked) {
        int clamped = Math.clamp(asked, -1000, 1000);
        return capabilities.contains(Capability.SYS_RESOURCE) ? clamped : Math.max(clamped, oomScoreAdj);
    }

    private static boolean limitsSwap(Cgroup cgroup) {
        if (!cgroup.unified()) {
            return has(cgroup, "memory", "/", "memory.memsw.limit_in_bytes");
        }
        String own = field(text(Path.of("/proc/self/cgroup")), "0::");
        return has(cgroup, "memory", own, "memory.swap.max");
    }

    private static boolean limitsHugepages(Cgroup cgroup) {
        return cgroup.unified()
                ? cgroup.directory("", "/")
                        .map(root -> text(root.resolve("cgroup.controllers")))
                        .filter(all -> List.of(all.strip().split(" ")).contains("hugetlb"))
                        .isPresent()
                : cgroup.controllers().contains("hugetlb");
    }

    private static boolean has(Cgroup cgroup, String controller, String group, String file) {
        return cgroup.directory(controller, group)
                .filter(directory -> Files.exists(directory.resolve(file)))
                .isPresent();
    }

    private static long mostOpenFiles(boolean unlimited) {
        if (unlimited) {
            return Long.parseLong(text(Path.of("/proc/sys/fs/nr_open")).strip());
        }
        String[] softHardUnit =
                field(text(Path.of("/proc/self/limits")), "Max open files").split(" +");
        return Long.parseLong(softHardUnit[1]);
    }

    private static SecurityModules securityModules(String status) {
        Path apparmor = Path.of("/sys/module/apparmor/parameters/enabled");
        return new SecurityModules(
                status.contains("Seccomp:"),
                Files.exists(apparmor) && text(apparmor).startsWith("Y"),
                Files.exists(Path.of("/sys/fs/selinux/enforce")));
    }

    private static String architecture() {
        String java = System.getProperty("os.arch");
        return java.equals("amd64") ? "x86_64" : java;
    }

    private static List<String> sideChannelsHere() {
        Stream<String> fixed = Stream.of("/proc/interrupts", "/sys/devices/virtual/powercap");
        try (Stream<Path> cpus = Files.list(CPUS)) {
            Stream<String> throttles = cpus.map(cpu -> cpu.resolve("thermal_throttle"))
                    .filter(Files::exists)
                    .map(Path::toString)
                    .sorted();
            return Stream.concat(fixed, throttles).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException("listing " + CPUS, failed);
        }
    }

    private static String field(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the kernel tells no \"" + name + "\" of this process"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + file, failed);
        }
    }
}
