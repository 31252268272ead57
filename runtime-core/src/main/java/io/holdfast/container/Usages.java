package io.holdfast.container;

import io.holdfast.linux.CgroupUsage;
import io.holdfast.snapshot.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Answers what containers use. Asked for all of them every few seconds: the walk over a writable layer is not. */
final class Usages {
    private static final Duration LAYER_AGE = Duration.ofSeconds(10);
    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final Containers.Parts parts;

    Usages(Containers.Parts parts) {
        this.parts = parts;
    }

    ContainerUsage of(LiveContainer live) {
        Optional<LiveContainer.Sample> before = live.sample();
        CgroupUsage group = CgroupUsage.of(parts.cgroup(), live.container().cgroup());
        ContainerUsage.Layer writable = before.map(LiveContainer.Sample::writable)
                .filter(layer -> layer.at().isAfter(group.at().minus(LAYER_AGE)))
                .orElseGet(() -> layer(live.id()));
        live.sampled(new LiveContainer.Sample(group, writable));
        return new ContainerUsage(group, nanoCores(before.map(LiveContainer.Sample::group), group), writable);
    }

    private ContainerUsage.Layer layer(String id) {
        Usage usage = parts.snapshotter().usage(new ContainerPlan(parts.root(), parts.state(), id).snapshot());
        return new ContainerUsage.Layer(Instant.now(), usage.bytes(), usage.inodes());
    }

    private static OptionalLong nanoCores(Optional<CgroupUsage> before, CgroupUsage now) {
        if (before.isEmpty()
                || before.get().cpuNanos().isEmpty()
                || now.cpuNanos().isEmpty()) {
            return OptionalLong.empty();
        }
        long used = now.cpuNanos().getAsLong() - before.get().cpuNanos().getAsLong();
        double seconds = (double) Duration.between(before.get().at(), now.at()).toNanos() / NANOS_A_SECOND;
        return used < 0 || seconds <= 0 ? OptionalLong.empty() : OptionalLong.of(Math.round(used / seconds));
    }
}
