package io.holdfast.api;

import io.holdfast.container.Container;
import io.holdfast.container.ContainerUsage;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.SandboxUsage;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** Renders what containers and sandboxes use. What the kernel does not tell is left out. */
final class StatsReplies {
    private StatsReplies() {}

    /** The mountpoint is that of the file system that holds the writable layer. */
    static Cri.ContainerStats container(Container container, ContainerUsage usage, String mountpoint) {
        Cri.ContainerStats.Builder stats = Cri.ContainerStats.newBuilder()
                .setAttributes(Cri.ContainerAttributes.newBuilder()
                        .setId(container.id())
                        .setMetadata(ContainerReplies.metadata(container.config()))
                        .putAllLabels(container.config().labels())
                        .putAllAnnotations(container.config().annotations()))
                .setWritableLayer(Cri.FilesystemUsage.newBuilder()
                        .setTimestamp(Times.nanos(usage.writable().at()))
                        .setFsId(Cri.FilesystemIdentifier.newBuilder().setMountpoint(mountpoint))
                        .setUsedBytes(number(usage.writable().bytes()))
                        .setInodesUsed(number(usage.writable().inodes())));
        var group = usage.group();
        group.cpuNanos().ifPresent(nanos -> stats.setCpu(cpu(group.at(), nanos, usage.nanoCores())));
        group.memory()
                .ifPresent(memory -> stats.setMemory(memory(
                        group.at(),
                        List.of(memory.usage(), memory.workingSet(), memory.rss()),
                        List.of(memory.pageFaults(), memory.majorPageFaults()),
                        memory.limit())));
        group.swap().ifPresent(swap -> stats.setSwap(swap(group.at(), swap.usage(), swap.limit())));
        return stats.build();
    }

    static Cri.PodSandboxStats sandbox(Sandbox sandbox, SandboxUsage usage, List<Cri.ContainerStats> containers) {
        var group = usage.group();
        Cri.LinuxPodSandboxStats.Builder linux =
                Cri.LinuxPodSandboxStats.newBuilder().addAllContainers(containers);
        group.cpuNanos().ifPresent(nanos -> linux.setCpu(cpu(group.at(), nanos, usage.nanoCores())));
        group.memory()
                .ifPresent(memory -> linux.setMemory(memory(
                        group.at(),
                        List.of(memory.usage(), memory.workingSet(), memory.rss()),
                        List.of(memory.pageFaults(), memory.majorPageFaults()),
                        memory.limit())));
        group.pids()
                .ifPresent(pids -> linux.setProcess(Cri.ProcessUsage.newBuilder()
                        .setTimestamp(Times.nanos(group.at()))
                        .setProcessCount(number(pids))));
        if (!usage.interfaces().isEmpty()) {
            linux.setNetwork(network(group.at(), usage.interfaces()));
        }
        return Cri.PodSandboxStats.newBuilder()
                .setAttributes(Cri.PodSandboxAttributes.newBuilder()
                        .setId(sandbox.id())
                        .setMetadata(SandboxReplies.metadata(sandbox.config().metadata()))
                        .putAllLabels(sandbox.config().labels())
                        .putAllAnnotations(sandbox.config().annotations()))
                .setLinux(linux)
                .build();
    }

    private static Cri.CpuUsage cpu(Instant at, long nanos, OptionalLong nanoCores) {
        Cri.CpuUsage.Builder cpu =
                Cri.CpuUsage.newBuilder().setTimestamp(Times.nanos(at)).setUsageCoreNanoSeconds(number(nanos));
        nanoCores.ifPresent(rate -> cpu.setUsageNanoCores(number(rate)));
        return cpu.build();
    }

    /** Sizes are usage, working set and anonymous memory; faults are all and the major ones. */
    private static Cri.MemoryUsage memory(Instant at, List<Long> sizes, List<Long> faults, OptionalLong limit) {
        Cri.MemoryUsage.Builder memory = Cri.MemoryUsage.newBuilder()
                .setTimestamp(Times.nanos(at))
                .setUsageBytes(number(sizes.getFirst()))
                .setWorkingSetBytes(number(sizes.get(1)))
                .setRssBytes(number(sizes.getLast()))
                .setPageFaults(number(faults.getFirst()))
                .setMajorPageFaults(number(faults.getLast()));
        limit.ifPresent(most -> memory.setAvailableBytes(number(Math.max(0, most - sizes.get(1)))));
        return memory.build();
    }

    private static Cri.SwapUsage swap(Instant at, long usage, OptionalLong limit) {
        Cri.SwapUsage.Builder swap =
                Cri.SwapUsage.newBuilder().setTimestamp(Times.nanos(at)).setSwapUsageBytes(number(usage));
        limit.ifPresent(most -> swap.setSwapAvailableBytes(number(Math.max(0, most - usage))));
        return swap.build();
    }

    private static Cri.NetworkUsage network(Instant at, List<SandboxUsage.Interface> interfaces) {
        Cri.NetworkUsage.Builder network = Cri.NetworkUsage.newBuilder().setTimestamp(Times.nanos(at));
        interfaces.stream().limit(1).forEach(first -> network.setDefaultInterface(traffic(first)));
        interfaces.stream().skip(1).forEach(other -> network.addInterfaces(traffic(other)));
        return network.build();
    }

    private static Cri.NetworkInterfaceUsage traffic(SandboxUsage.Interface of) {
        return Cri.NetworkInterfaceUsage.newBuilder()
                .setName(of.name())
                .setRxBytes(number(of.received().bytes()))
                .setRxErrors(number(of.received().errors()))
                .setTxBytes(number(of.sent().bytes()))
                .setTxErrors(number(of.sent().errors()))
                .build();
    }

    private static Cri.UInt64Value number(long value) {
        return Cri.UInt64Value.newBuilder().setValue(value).build();
    }
}
