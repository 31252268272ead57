package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Device;
import io.holdfast.container.ContainerConfig.ImageChoice;
import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.container.ContainerConfig.Terminal;
import io.holdfast.container.ContainerConfig.Variable;
import io.holdfast.container.Security.Apparmor;
import io.holdfast.container.Security.Capabilities;
import io.holdfast.container.Security.GroupsPolicy;
import io.holdfast.container.Security.PidNamespace;
import io.holdfast.container.Security.RunAs;
import io.holdfast.container.Security.Seccomp;
import io.holdfast.container.Security.SelinuxLabel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a test wants of a container: a request that asks for nothing, and what the test changes in it. */
final class Wanted {
    /** The lists that a kubelet sends for an ordinary container. */
    static final List<String> USUALLY_MASKED = List.of(
            "/proc/asound",
            "/proc/acpi",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware");

    static final List<String> USUALLY_READONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    List<String> command = List.of();
    List<String> args = List.of();
    String directory = "";
    boolean tty;
    boolean privileged;
    boolean readonlyRootfs;
    boolean noNewPrivileges;
    PidNamespace pid = new PidNamespace.Container();
    RunAs runAs = new RunAs.ImageDefault();
    OptionalLong group = OptionalLong.empty();
    List<Long> groups = List.of();
    GroupsPolicy policy = GroupsPolicy.MERGE;
    Capabilities capabilities = new Capabilities(List.of(), List.of(), List.of());
    List<String> masked = USUALLY_MASKED;
    List<String> readonly = USUALLY_READONLY;
    Seccomp seccomp = new Seccomp.RuntimeDefault();
    Apparmor apparmor = new Apparmor.RuntimeDefault();
    Optional<SelinuxLabel> selinux = Optional.empty();
    Resources resources = Resources.none();
    Map<String, String> annotations = Map.of();
    final List<Variable> environment = new ArrayList<>();
    final List<Mount> mounts = new ArrayList<>();
    final List<Device> devices = new ArrayList<>();

    static Wanted shell(String script) {
        Wanted wanted = new Wanted();
        wanted.command = List.of("/bin/sh", "-c", script);
        return wanted;
    }

    Wanted variable(String name, String value) {
        environment.add(new Variable(name, value));
        return this;
    }

    Wanted mount(String hostPath, String containerPath) {
        mounts.add(new Mount(containerPath, hostPath, false, false, false, Propagation.PRIVATE));
        return this;
    }

    ContainerConfig config() {
        return new ContainerConfig(
                "web",
                0,
                new ImageChoice("registry.example/web:1", Map.of(), "web:1", ""),
                command,
                args,
                directory,
                environment,
                mounts,
                devices,
                Map.of("app", "web"),
                annotations,
                "web/0.log",
                new Terminal(false, false, tty),
                resources,
                security(),
                Optional.empty());
    }

    private Security security() {
        return new Security(
                privileged,
                pid,
                capabilities,
                runAs,
                group,
                groups,
                policy,
                readonlyRootfs,
                noNewPrivileges,
                masked,
                readonly,
                seccomp,
                apparmor,
                selinux);
    }
}
