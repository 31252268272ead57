package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A container's limits as the kernel has them: bytes, microseconds of each 100 ms, and shares of version 1's scale. */
record CgroupLimits(long memory, long quota, long shares) {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    static CgroupLimits of(TestContainer container) {
        var path = pathOf(container);
        var unified = Path.of(ROOT.toString(), path);
        if (Files.exists(unified.resolve("memory.max"))) {
            var weight = Long.parseLong(read(unified.resolve("cpu.weight")));
            return new CgroupLimits(
                    Long.parseLong(read(unified.resolve("memory.max"))),
                    Long.parseLong(read(unified.resolve("cpu.max")).split(" ")[0]),
                    sharesOf(weight));
        }
        return new CgroupLimits(
                Long.parseLong(read(Path.of(ROOT + "/memory" + path, "memory.limit_in_bytes"))),
                Long.parseLong(read(Path.of(ROOT + "/cpu" + path, "cpu.cfs_quota_us"))),
                Long.parseLong(read(Path.of(ROOT + "/cpu" + path, "cpu.shares"))));
    }

    /** The container's cgroup, from the root of its hierarchy. */
    static String pathOf(TestContainer container) {
        return Processes.onHost(container.id()).stream()
                .findFirst()
                .map(pid -> cgroup(read(Path.of("/proc/" + pid + "/cgroup"))))
                .orElseThrow(() -> new AssertionError("no process has a cgroup named by " + container.id()));
    }

    private static String cgroup(String lines) {
        return lines.lines()
                .filter(line -> line.contains(":memory:") || line.startsWith("0::"))
                .min(Comparator.comparing(line -> line.startsWith("0::")))
                .map(line -> line.substring(line.indexOf('/')))
                .orElseThrow();
    }

    /** Version 2's weights (1 to 10000) mapped to shares as the OCI runtimes map them the other way. */
    private static long sharesOf(long weight) {
        return Math.round((weight - 1) * 262142.0 / 9999 / 2) * 2 + 2;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
