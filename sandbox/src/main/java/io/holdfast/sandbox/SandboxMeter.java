package io.holdfast.sandbox;

import io.holdfast.linux.Cgroup;
import io.holdfast.linux.CgroupUsage;
import io.holdfast.sandbox.SandboxUsage.Interface;
import io.holdfast.sandbox.SandboxUsage.Traffic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Reads what sandboxes use, and remembers the cpu time read last, for the rate. */
public final class SandboxMeter {
    private static final int RECEIVED_BYTES = 0;
    private static final int RECEIVED_ERRORS = 2;
    private static final int SENT_BYTES = 8;
    private static final int SENT_ERRORS = 10;
    private static final int FIELDS = 16;

    private final Cgroup cgroups;
    private final SandboxPaths paths;
    private final ConcurrentMap<String, CgroupUsage> last = new ConcurrentHashMap<>();

    public SandboxMeter(Cgroup cgroups, SandboxPaths paths) {
        this.cgroups = cgroups;
        this.paths = paths;
    }

    public SandboxUsage usage(Sandbox sandbox) {
        CgroupUsage now = paths.podGroup(sandbox.id(), sandbox.config())
                .map(group -> CgroupUsage.of(cgroups, group))
                .orElseGet(SandboxMeter::untold);
        CgroupUsage before = last.put(sandbox.id(), now);
        OptionalLong rate = before == null ? OptionalLong.empty() : rate(before, now);
        return new SandboxUsage(now, rate, interfaces(sandbox));
    }

    /** Forgets the others, which are gone. */
    public void keepOnly(Set<String> ids) {
        last.keySet().retainAll(ids);
    }

    /** Nobody counts what a pod uses that shares its group with others. */
    private static CgroupUsage untold() {
        return new CgroupUsage(
                Instant.now(), OptionalLong.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty());
    }

    private static OptionalLong rate(CgroupUsage before, CgroupUsage now) {
        long span = Duration.between(before.at(), now.at()).toNanos();
        if (span <= 0 || before.cpuNanos().isEmpty() || now.cpuNanos().isEmpty()) {
            return OptionalLong.empty();
        }
        double used = Math.max(0, now.cpuNanos().getAsLong() - before.cpuNanos().getAsLong());
        return OptionalLong.of(Math.round(used / span * Duration.ofSeconds(1).toNanos()));
    }

    private static List<Interface> interfaces(Sandbox sandbox) {
        if (!(sandbox.state() instanceof SandboxState.Ready ready)
                || sandbox.config().namespaces().hostNetwork()) {
            return List.of();
        }
        Path counters = Path.of("/proc/" + ready.pause().pid() + "/net/dev");
        return Cgroup.read(counters).map(SandboxMeter::parse).orElse(List.of());
    }

    /** Lines of {@code name: 8 numbers received, 8 sent}, as of proc(5). */
    static List<Interface> parse(String counters) {
        return counters.lines()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2 && !parts[0].strip().equals("lo"))
                .map(parts -> parsed(parts[0].strip(), parts[1].strip().split("\\s+")))
                .toList();
    }

    private static Interface parsed(String name, String[] numbers) {
        if (numbers.length < FIELDS) {
            return new Interface(name, new Traffic(0, 0), new Traffic(0, 0));
        }
        return new Interface(
                name,
                new Traffic(Long.parseLong(numbers[RECEIVED_BYTES]), Long.parseLong(numbers[RECEIVED_ERRORS])),
                new Traffic(Long.parseLong(numbers[SENT_BYTES]), Long.parseLong(numbers[SENT_ERRORS])));
    }
}
