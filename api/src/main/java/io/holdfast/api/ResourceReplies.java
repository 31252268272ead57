package io.holdfast.api;

import io.holdfast.container.Resources;
import io.holdfast.runtime.v1.Cri;

/** Renders what a container may use, as it was asked for. */
final class ResourceReplies {
    private ResourceReplies() {}

    static Cri.LinuxContainerResources resources(Resources resources) {
        Cri.LinuxContainerResources.Builder wire = Cri.LinuxContainerResources.newBuilder()
                .setCpuPeriod(resources.cpuPeriod())
                .setCpuQuota(resources.cpuQuota())
                .setCpuShares(resources.cpuShares())
                .setMemoryLimitInBytes(resources.memoryLimit())
                .setMemorySwapLimitInBytes(resources.memorySwapLimit())
                .setOomScoreAdj(resources.oomScoreAdj())
                .setCpusetCpus(resources.cpusetCpus())
                .setCpusetMems(resources.cpusetMems())
                .putAllUnified(resources.unified());
        resources
                .hugepages()
                .forEach((size, limit) -> wire.addHugepageLimits(
                        Cri.HugepageLimit.newBuilder().setPageSize(size).setLimit(limit)));
        return wire.build();
    }
}
