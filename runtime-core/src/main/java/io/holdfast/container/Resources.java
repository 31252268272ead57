package io.holdfast.container;

import java.util.HashMap;
import java.util.Map;

/**
 * CRI's LinuxContainerResources: what a container may use. Zero and empty mean not set, but for {@code oomScoreAdj}.
 *
 * @param cpuPeriod microseconds
 * @param cpuQuota microseconds in each period; negative is no limit
 * @param memoryLimit bytes
 * @param memorySwapLimit bytes of memory and swap together
 * @param hugepages page size such as {@code 2MB} to bytes
 * @param unified cgroup v2 files and what to write there
 */
public record Resources(
        long cpuPeriod,
        long cpuQuota,
        long cpuShares,
        long memoryLimit,
        long memorySwapLimit,
        long oomScoreAdj,
        String cpusetCpus,
        String cpusetMems,
        Map<String, Long> hugepages,
        Map<String, String> unified) {
    public Resources {
        hugepages = Map.copyOf(hugepages);
        unified = Map.copyOf(unified);
    }

    public static Resources none() {
        return new Resources(0, 0, 0, 0, 0, 0, "", "", Map.of(), Map.of());
    }

    /** These, but for what is set in {@code change}; oom_score_adj stays, since a running process keeps its own. */
    Resources changedBy(Resources change) {
        return new Resources(
                set(change.cpuPeriod, cpuPeriod),
                set(change.cpuQuota, cpuQuota),
                set(change.cpuShares, cpuShares),
                set(change.memoryLimit, memoryLimit),
                set(change.memorySwapLimit, memorySwapLimit),
                oomScoreAdj,
                set(change.cpusetCpus, cpusetCpus),
                set(change.cpusetMems, cpusetMems),
                over(hugepages, change.hugepages),
                over(unified, change.unified));
    }

    private static long set(long changed, long before) {
        return changed == 0 ? before : changed;
    }

    private static String set(String changed, String before) {
        return changed.isEmpty() ? before : changed;
    }

    private static <V> Map<String, V> over(Map<String, V> before, Map<String, V> changed) {
        Map<String, V> both = new HashMap<>(before);
        both.putAll(changed);
        return both;
    }
}
