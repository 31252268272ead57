package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.LinuxContainerResources;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits as the kernel has them, and changes to them while a container runs. */
@Conformance
class ResourcesTest {
    @Test
    void limitsHoldInTheContainersCgroup(Node node) {
        var container = node.pod().run(c -> c.getLinuxBuilder().setResources(limits(64, 512, 50_000)));
        var cgroup = CgroupLimits.of(container);
        assertThat(cgroup.memory()).isEqualTo(64L << 20);
        assertThat(cgroup.quota()).isEqualTo(50_000);
        assertThat(cgroup.shares()).isEqualTo(512);
    }

    @Test
    void theCgroupIsBelowThePods(Node node) {
        var pod = node.pod();
        var inside = pod.run();
        assertThat(CgroupLimits.pathOf(inside))
                .startsWith(pod.config().getLinux().getCgroupParent() + "/");
    }

    @Test
    void statusTellsTheLimits(Node node) {
        var status = node.pod()
                .run(c -> c.getLinuxBuilder().setResources(limits(64, 512, 50_000)))
                .status();
        var told = status.getResources().getLinux();
        assertThat(List.of(told.getMemoryLimitInBytes(), told.getCpuShares(), told.getCpuQuota(), told.getCpuPeriod()))
                .containsExactly(64L << 20, 512L, 50_000L, 100_000L);
    }

    @Test
    void limitsChangeWhileTheContainerRuns(Node node) {
        var container = node.pod().run(c -> c.getLinuxBuilder().setResources(limits(64, 512, 50_000)));
        update(container, limits(96, 256, 25_000));
        var cgroup = CgroupLimits.of(container);
        assertThat(List.of(cgroup.memory(), cgroup.shares(), cgroup.quota())).containsExactly(96L << 20, 256L, 25_000L);
        assertThat(container.status().getResources().getLinux().getMemoryLimitInBytes())
                .isEqualTo(96L << 20);
    }

    @Test
    void whatAnUpdateDoesNotNameStays(Node node) {
        var container = node.pod().run(c -> c.getLinuxBuilder().setResources(limits(64, 512, 50_000)));
        update(container, LinuxContainerResources.newBuilder().setCpuShares(128).build());
        var cgroup = CgroupLimits.of(container);
        assertThat(List.of(cgroup.memory(), cgroup.shares(), cgroup.quota())).containsExactly(64L << 20, 128L, 50_000L);
    }

    @Test
    void limitsOfACreatedContainerHoldWhenItStarts(Node node) {
        var container = node.pod().create(c -> c.getLinuxBuilder().setResources(limits(64, 512, 50_000)));
        update(container, limits(96, 256, 25_000));
        assertThat(CgroupLimits.of(container.start()).memory()).isEqualTo(96L << 20);
    }

    @Test
    void processorsArePinned(Node node) {
        var container =
                node.pod().run(c -> c.getLinuxBuilder().getResourcesBuilder().setCpusetCpus("0"));
        assertThat(Processes.ofInit(container, "Cpus_allowed_list")).isEqualTo("0");
    }

    @Test
    void theOomScoreIsAdjusted(Node node) {
        var container =
                node.pod().run(c -> c.getLinuxBuilder().getResourcesBuilder().setOomScoreAdj(500));
        assertThat(container.sh("cat /proc/1/oom_score_adj")).isEqualTo("500");
    }

    @Test
    void statsTellCpuMemoryAndDisk(Node node) {
        var container = node.pod().run(c -> {
            c.putLabels("app", "stats").putAnnotations("note", "x");
            Node.script("dd if=/dev/zero of=/file bs=1M count=8 2>/dev/null; while :; do :; done")
                    .accept(c);
        });
        var stats = Await.until(
                "the container to have used a processor and its disk",
                Duration.ofSeconds(30),
                () -> stats(node, container),
                s -> s.getCpu().getUsageCoreNanoSeconds().getValue() > 200_000_000
                        && s.getWritableLayer().getUsedBytes().getValue() >= 8 << 20);
        assertThat(stats.getAttributes().getId()).isEqualTo(container.id());
        assertThat(stats.getAttributes().getMetadata())
                .isEqualTo(container.status().getMetadata());
        assertThat(stats.getAttributes().getLabelsMap()).containsEntry("app", "stats");
        assertThat(stats.getAttributes().getAnnotationsMap()).containsEntry("note", "x");
        assertThat(stats.getCpu().getTimestamp()).isPositive();
        assertThat(stats.getMemory().getTimestamp()).isPositive();
        assertThat(stats.getMemory().getWorkingSetBytes().getValue()).isPositive();
        assertThat(stats.getWritableLayer().getFsId().getMountpoint()).startsWith("/");
    }

    @Test
    void statsGrow(Node node) {
        var container = node.pod().run("while :; do :; done");
        var first = stats(node, container).getCpu().getUsageCoreNanoSeconds().getValue();
        Await.until(
                "more processor time",
                Duration.ofSeconds(20),
                () -> stats(node, container).getCpu().getUsageCoreNanoSeconds().getValue() > first);
    }

    @Test
    void statsAreFiltered(Node node) {
        var pod = node.pod();
        var first = pod.run(c -> c.putLabels("which", pod.id()));
        var second = pod.run();
        node.pod().run();
        assertThat(Lists.stats(node, f -> f.setPodSandboxId(pod.id())))
                .containsExactlyInAnyOrder(first.id(), second.id());
        assertThat(Lists.stats(node, f -> f.setId(second.id()))).containsExactly(second.id());
        assertThat(Lists.stats(node, f -> f.putLabelSelector("which", pod.id())))
                .containsExactly(first.id());
        assertThat(Lists.stats(node, f -> f.putLabelSelector("which", "another")))
                .isEmpty();
    }

    @Test
    void withoutAFilterTheStatsOfAllAreListed(Node node) {
        var pod = node.pod();
        var running = List.of(pod.run().id(), pod.run().id(), node.pod().run().id());
        var all = node.runtime().listContainerStats(Cri.ListContainerStatsRequest.getDefaultInstance());
        assertThat(all.getStatsList())
                .extracting(stats -> stats.getAttributes().getId())
                .containsAll(running);
    }

    private static LinuxContainerResources limits(long mebibytes, long shares, long quota) {
        return LinuxContainerResources.newBuilder()
                .setMemoryLimitInBytes(mebibytes << 20)
                .setCpuShares(shares)
                .setCpuQuota(quota)
                .setCpuPeriod(100_000)
                .build();
    }

    private static void update(TestContainer container, LinuxContainerResources resources) {
        container
                .node()
                .runtime()
                .updateContainerResources(Cri.UpdateContainerResourcesRequest.newBuilder()
                        .setContainerId(container.id())
                        .setLinux(resources)
                        .build());
    }

    private static Cri.ContainerStats stats(Node node, TestContainer container) {
        return node.runtime()
                .containerStats(Cri.ContainerStatsRequest.newBuilder()
                        .setContainerId(container.id())
                        .build())
                .getStats();
    }
}
