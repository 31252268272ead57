package io.holdfast.container;

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
}
