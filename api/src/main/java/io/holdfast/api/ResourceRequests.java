package io.holdfast.api;

import io.holdfast.container.Resources;
import io.holdfast.runtime.v1.Cri;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Parses LinuxContainerResources, also for a pod as a whole. */
final class ResourceRequests {
    private static final int LEAST_OOM = -1000;
    private static final int MOST_OOM = 1000;
    private static final Pattern CPUS = Pattern.compile("(\\d+(-\\d+)?(,\\d+(-\\d+)?)*)?");
    private static final Pattern PAGE_SIZE = Pattern.compile("\\d+[KMG]B");
    private static final Pattern UNIFIED = Pattern.compile("[a-z0-9_]+(\\.[A-Za-z0-9_]+)+");
    private static final int MOST_UNIFIED = 4096;

    private ResourceRequests() {}

    static Resources resources(String field, Cri.LinuxContainerResources wire) {
        return new Resources(
                Fields.range(field + ".cpu_period", wire.getCpuPeriod(), 0, Long.MAX_VALUE),
                Fields.range(field + ".cpu_quota", wire.getCpuQuota(), -1, Long.MAX_VALUE),
                Fields.range(field + ".cpu_shares", wire.getCpuShares(), 0, Long.MAX_VALUE),
                Fields.range(field + ".memory_limit_in_bytes", wire.getMemoryLimitInBytes(), -1, Long.MAX_VALUE),
                Fields.range(
                        field + ".memory_swap_limit_in_bytes", wire.getMemorySwapLimitInBytes(), -1, Long.MAX_VALUE),
                Fields.range(field + ".oom_score_adj", wire.getOomScoreAdj(), LEAST_OOM, MOST_OOM),
                cpus(field + ".cpuset_cpus", wire.getCpusetCpus()),
                cpus(field + ".cpuset_mems", wire.getCpusetMems()),
                hugepages(field + ".hugepage_limits", wire.getHugepageLimitsList()),
                unified(field + ".unified", wire.getUnifiedMap()));
    }

    private static String cpus(String field, String value) {
        return Fields.matching(field, value, CPUS, "numbers and ranges such as 0-3,7");
    }

    private static Map<String, Long> hugepages(String field, List<Cri.HugepageLimit> limits) {
        Map<String, Long> parsed = new HashMap<>();
        for (Cri.HugepageLimit limit : limits) {
            Fields.matching(field + ".page_size", limit.getPageSize(), PAGE_SIZE, "a size such as 2MB");
            parsed.put(limit.getPageSize(), Fields.range(field + ".limit", limit.getLimit(), 0, Long.MAX_VALUE));
        }
        return parsed;
    }

    private static Map<String, String> unified(String field, Map<String, String> values) {
        values.forEach((name, value) -> {
            Fields.matching(field, name, UNIFIED, "the name of a cgroup file such as memory.high");
            Fields.text(field + "[" + name + "]", value, MOST_UNIFIED);
        });
        return Map.copyOf(values);
    }
}
