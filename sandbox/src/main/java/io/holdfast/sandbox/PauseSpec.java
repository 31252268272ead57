package io.holdfast.sandbox;

import io.holdfast.container.Security.SelinuxLabel;
import io.holdfast.oci.CgroupName;
import io.holdfast.oci.KernelMounts;
import io.holdfast.oci.Seccomp;
import io.holdfast.oci.Spec;
import io.holdfast.sandbox.SandboxConfig.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** Composes the config.json of a pause process: it may wait, reap and exit, and nothing else. */
final class PauseSpec {
    private static final long LEAST_SHARES = 2;
    /** A pod owns its network namespace, so that its processes need no capability for these. */
    private static final Map<String, String> NETWORK_DEFAULTS =
            Map.of("net.ipv4.ip_unprivileged_port_start", "0", "net.ipv4.ping_group_range", "0 2147483647");

    private PauseSpec() {}

    static Spec of(Sandbox sandbox, PauseProgram program, SandboxPaths paths, KernelKeepers.Machine machine) {
        SandboxConfig config = sandbox.config();
        return new Spec(
                Spec.VERSION,
                process(program, machine.oomScore(), label(config, machine, SelinuxLabel::ofProcesses)),
                new Spec.Root(program.rootfs().toString(), true),
                config.namespaces().hostNetwork() ? "" : config.hostname(),
                KernelMounts.minimal(),
                Map.of(),
                linux(sandbox, paths, machine));
    }

    private static Spec.Process process(PauseProgram program, int oomScore, String label) {
        return new Spec.Process(
                false,
                new Spec.User(program.uid(), program.gid(), OptionalInt.empty(), List.of()),
                program.arguments(),
                program.environment(),
                "/",
                Spec.Capabilities.none(),
                List.of(),
                true,
                "",
                OptionalInt.of(oomScore),
                label);
    }

    private static Spec.Linux linux(Sandbox sandbox, SandboxPaths paths, KernelKeepers.Machine machine) {
        SandboxConfig config = sandbox.config();
        Spec.Cpu cpu = new Spec.Cpu(OptionalLong.of(LEAST_SHARES), OptionalLong.empty(), OptionalLong.empty(), "", "");
        return new Spec.Linux(
                sysctls(config),
                new Spec.Resources(
                        List.of(Spec.DeviceRule.every(false)), Optional.empty(), Optional.of(cpu), List.of(), Map.of()),
                new CgroupName(paths.cgroupParent(sandbox.id(), config), sandbox.id()).inSpec(),
                namespaces(sandbox, paths),
                List.of(),
                Optional.of(Seccomp.pausing(machine.arch())),
                "",
                List.of(),
                List.of(),
                label(config, machine, SelinuxLabel::ofFiles));
    }

    /** As with containers: none for a privileged pod, and none where the kernel has no SELinux. */
    private static String label(
            SandboxConfig config, KernelKeepers.Machine machine, Function<SelinuxLabel, String> label) {
        return config.security()
                .selinux()
                .filter(_ -> machine.selinux() && !config.security().privileged())
                .map(label)
                .orElse("");
    }

    private static List<Spec.Namespace> namespaces(Sandbox sandbox, SandboxPaths paths) {
        SandboxConfig.Namespaces namespaces = sandbox.config().namespaces();
        List<Spec.Namespace> all = new ArrayList<>();
        all.add(Spec.Namespace.fresh("mount"));
        if (namespaces.pid() != Scope.NODE) {
            all.add(Spec.Namespace.fresh("pid"));
        }
        if (namespaces.ipc() == Scope.POD) {
            all.add(Spec.Namespace.fresh("ipc"));
        }
        if (!namespaces.hostNetwork()) {
            all.add(Spec.Namespace.fresh("uts"));
            all.add(Spec.Namespace.joined("network", paths.netns(sandbox.id()).toString()));
        }
        return all;
    }

    private static Map<String, String> sysctls(SandboxConfig config) {
        Map<String, String> all = new TreeMap<>();
        if (!config.namespaces().hostNetwork()) {
            all.putAll(NETWORK_DEFAULTS);
        }
        all.putAll(config.sysctls());
        return all;
    }
}
