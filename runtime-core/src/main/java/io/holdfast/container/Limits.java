package io.holdfast.container;

import io.holdfast.oci.Spec;
import io.holdfast.oci.SpecJson;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a container may use, as OCI's linux.resources. */
public final class Limits {
    private static final Pattern CPUS = Pattern.compile("[0-9,\\-]{0,4096}");
    private static final Pattern FILE = Pattern.compile("[a-z][a-z0-9_]*(\\.[A-Za-z0-9_]+)+");
    private static final Pattern PAGE = Pattern.compile("[1-9][0-9]*[KMGT]B");

    private Limits() {}

    /** For {@link OciRuntime#update}: the limits that are set, and nothing else. */
    public static String update(Resources change, Machine machine) {
        return new String(SpecJson.render(of(change, machine, List.of())), StandardCharsets.UTF_8);
    }

    static Spec.Resources of(Resources asked, Machine machine, List<Spec.DeviceRule> devices) {
        if (!asked.unified().isEmpty() && !machine.unifiedCgroups()) {
            throw new Failure.Invalid("resources.unified: this machine has cgroup v1");
        }
        requirePlain(asked);
        return new Spec.Resources(
                devices, memory(asked, machine), cpu(asked), hugepages(asked, machine), asked.unified());
    }

    private static Optional<Spec.Memory> memory(Resources asked, Machine machine) {
        OptionalLong limit = set(asked.memoryLimit());
        OptionalLong swap = machine.swapLimits() ? set(asked.memorySwapLimit()) : OptionalLong.empty();
        return Optional.of(new Spec.Memory(limit, swap)).filter(_ -> limit.isPresent() || swap.isPresent());
    }

    private static Optional<Spec.Cpu> cpu(Resources asked) {
        Spec.Cpu cpu = new Spec.Cpu(
                set(asked.cpuShares()),
                set(asked.cpuQuota()),
                set(asked.cpuPeriod()),
                asked.cpusetCpus(),
                asked.cpusetMems());
        boolean said = cpu.shares().isPresent()
                || cpu.quota().isPresent()
                || cpu.period().isPresent()
                || !cpu.cpus().isEmpty()
                || !cpu.mems().isEmpty();
        return Optional.of(cpu).filter(_ -> said);
    }

    /** The kubelet names every page size there is; where the kernel cannot limit them there is nothing to write. */
    private static List<Spec.HugepageLimit> hugepages(Resources asked, Machine machine) {
        if (!machine.hugepageLimits()) {
            return List.of();
        }
        return asked.hugepages().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(limit -> new Spec.HugepageLimit(limit.getKey(), limit.getValue()))
                .toList();
    }

    private static OptionalLong set(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** These become names of files in the cgroup, and what is written there. */
    private static void requirePlain(Resources asked) {
        require(CPUS, "cpuset_cpus", asked.cpusetCpus());
        require(CPUS, "cpuset_mems", asked.cpusetMems());
        asked.hugepages().keySet().forEach(size -> require(PAGE, "hugepage_limits.page_size", size));
        asked.unified().keySet().forEach(Limits::requireLimit);
        requireNotNegative("cpu_period", asked.cpuPeriod());
        requireNotNegative("cpu_shares", asked.cpuShares());
    }

    /** Files of the group itself, such as cgroup.procs or cgroup.kill, are no limits. */
    private static void requireLimit(String file) {
        require(FILE, "unified", file);
        if (file.startsWith("cgroup.")) {
            throw new Failure.Invalid("resources.unified: \"" + file
                    + "\" is no limit, and whose processes are where is not the request's" + " to say");
        }
    }

    private static void require(Pattern pattern, String field, String value) {
        if (!pattern.matcher(value).matches()) {
            throw new Failure.Invalid("resources." + field + ": \"" + HostPath.printable(value) + "\" is not one");
        }
    }

    private static void requireNotNegative(String field, long value) {
        if (value < 0) {
            throw new Failure.Invalid("resources." + field + ": " + value + " is negative");
        }
    }
}
