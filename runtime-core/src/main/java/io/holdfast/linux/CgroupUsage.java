package io.holdfast.linux;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the processes of one control group use, read from cgroup v1 or v2. What the kernel does not tell, and all of a
 * group that is gone, is empty.
 *
 * @param cpuNanos cpu time so far
 */
public record CgroupUsage(
        Instant at, OptionalLong cpuNanos, Optional<Memory> memory, Optional<Swap> swap, OptionalLong pids) {
    private static final long NANOS_A_MICROSECOND = 1000;
    /** What v1 says for no limit: the largest number of whole pages, whatever the page size is. */
    private static final long V1_UNLIMITED = Long.MAX_VALUE >> 16 << 16;

    /**
     * Bytes of memory.
     *
     * @param workingSet usage without the file cache that can be dropped at once
     * @param limit empty for none
     */
    public record Memory(
            long usage, long workingSet, long rss, long pageFaults, long majorPageFaults, OptionalLong limit) {}

    /** Bytes of swap space alone. */
    public record Swap(long usage, OptionalLong limit) {}

    public static CgroupUsage of(Cgroup cgroups, String group) {
        Instant now = Instant.now();
        return cgroups.unified() ? v2(now, cgroups.directory("", group).orElseThrow()) : v1(now, cgroups, group);
    }

    private static CgroupUsage v2(Instant now, Path directory) {
        OptionalLong micros = Cgroup.keyed(directory.resolve("cpu.stat"), "usage_usec");
        OptionalLong usage = Cgroup.number(directory.resolve("memory.current"));
        OptionalLong swap = Cgroup.number(directory.resolve("memory.swap.current"));
        return new CgroupUsage(
                now,
                scaled(micros, NANOS_A_MICROSECOND),
                usage.isEmpty() ? Optional.empty() : Optional.of(memoryV2(directory, usage.getAsLong())),
                swap.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Swap(swap.getAsLong(), Cgroup.number(directory.resolve("memory.swap.max")))),
                Cgroup.number(directory.resolve("pids.current")));
    }

    private static Memory memoryV2(Path directory, long usage) {
        Path stat = directory.resolve("memory.stat");
        return new Memory(
                usage,
                workingSet(usage, Cgroup.keyed(stat, "inactive_file")),
                Cgroup.keyed(stat, "anon").orElse(0),
                Cgroup.keyed(stat, "pgfault").orElse(0),
                Cgroup.keyed(stat, "pgmajfault").orElse(0),
                Cgroup.number(directory.resolve("memory.max")));
    }

    private static CgroupUsage v1(Instant now, Cgroup cgroups, String group) {
        Optional<Path> memory = cgroups.directory("memory", group);
        return new CgroupUsage(
                now,
                number(cgroups.directory("cpuacct", group), "cpuacct.usage"),
                memory.flatMap(CgroupUsage::memoryV1),
                memory.flatMap(CgroupUsage::swapV1),
                number(cgroups.directory("pids", group), "pids.current"));
    }

    private static Optional<Memory> memoryV1(Path directory) {
        OptionalLong usage = Cgroup.number(directory.resolve("memory.usage_in_bytes"));
        if (usage.isEmpty()) {
            return Optional.empty();
        }
        Path stat = directory.resolve("memory.stat");
        return Optional.of(new Memory(
                usage.getAsLong(),
                workingSet(usage.getAsLong(), Cgroup.keyed(stat, "total_inactive_file")),
                Cgroup.keyed(stat, "total_rss").orElse(0),
                Cgroup.keyed(stat, "total_pgfault").orElse(0),
                Cgroup.keyed(stat, "total_pgmajfault").orElse(0),
                limit(directory.resolve("memory.limit_in_bytes"))));
    }

    /** v1 counts memory and swap together; without swap accounting the files are not there. */
    private static Optional<Swap> swapV1(Path directory) {
        OptionalLong both = Cgroup.number(directory.resolve("memory.memsw.usage_in_bytes"));
        OptionalLong memory = Cgroup.number(directory.resolve("memory.usage_in_bytes"));
        if (both.isEmpty() || memory.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong bothLimit = limit(directory.resolve("memory.memsw.limit_in_bytes"));
        OptionalLong memoryLimit = limit(directory.resolve("memory.limit_in_bytes"));
        OptionalLong swapLimit = bothLimit.isEmpty() || memoryLimit.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, bothLimit.getAsLong() - memoryLimit.getAsLong()));
        return Optional.of(new Swap(Math.max(0, both.getAsLong() - memory.getAsLong()), swapLimit));
    }

    private static OptionalLong number(Optional<Path> directory, String file) {
        return directory.map(path -> Cgroup.number(path.resolve(file))).orElse(OptionalLong.empty());
    }

    private static OptionalLong limit(Path file) {
        OptionalLong number = Cgroup.number(file);
        return number.isPresent() && number.getAsLong() >= V1_UNLIMITED ? OptionalLong.empty() : number;
    }

    private static OptionalLong scaled(OptionalLong number, long factor) {
        return number.isPresent() ? OptionalLong.of(number.getAsLong() * factor) : number;
    }

    private static long workingSet(long usage, OptionalLong inactiveFile) {
        return Math.max(0, usage - inactiveFile.orElse(0));
    }
}
