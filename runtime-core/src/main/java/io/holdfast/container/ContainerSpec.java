package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.image.ImageConfig;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.oci.Capability;
import io.holdfast.oci.CgroupName;
import io.holdfast.oci.Spec;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Composes a container's config.json from its request, its image, its pod and the machine. Reads and changes nothing:
 * the same inputs are the same spec. Nothing of a request's annotations and of an image's labels and volumes gets in.
 */
public final class ContainerSpec {
    private static final int UMASK = 0022;
    private static final long OPEN_FILES = 1 << 20;

    private final Inputs inputs;
    private final Set<String> ambient;
    private final Set<String> granted;

    /**
     * All that a spec follows from.
     *
     * @param rootfs where the container's root is mounted
     * @param user as {@link Users} found it there
     * @param ground as {@link Groundworks} laid it
     * @param target the first process of the container whose PID namespace is asked for
     */
    public record Inputs(
            String id,
            PodEnvironment pod,
            ContainerConfig config,
            ImageConfig image,
            Path rootfs,
            LinuxUser user,
            OciRuntime.Features features,
            Machine machine,
            Groundwork ground,
            Optional<ProcessIdentity> target) {}

    private ContainerSpec(Inputs inputs) {
        this.inputs = inputs;
        this.ambient = Grants.ambient(security(), inputs.machine());
        this.granted = Grants.granted(security(), inputs.machine());
    }

    /**
     * The spec of a container.
     *
     * @throws Failure.Invalid where the request asks for what cannot be; the message starts with the field
     */
    public static Spec compose(Inputs inputs) {
        ContainerConfig config = inputs.config();
        if (config.security().privileged() && !inputs.pod().pod().privileged()) {
            throw new Failure.Invalid("security_context.privileged: the sandbox "
                    + inputs.pod().sandboxId() + " is not privileged, so that none of its containers can be");
        }
        return new ContainerSpec(inputs).spec();
    }

    private Spec spec() {
        return new Spec(
                Spec.VERSION,
                process(),
                new Spec.Root(inputs.rootfs().toString(), security().readonlyRootfs()),
                "",
                ContainerMounts.of(inputs),
                annotations(),
                linux());
    }

    private Spec.Process process() {
        ContainerConfig config = inputs.config();
        LinuxUser user = inputs.user();
        return new Spec.Process(
                config.terminal().tty(),
                new Spec.User(user.uid(), user.gid(), OptionalInt.of(UMASK), user.groups()),
                CommandLine.of(config, inputs.image()),
                Environment.of(inputs),
                CommandLine.directory(config, inputs.image()),
                Capability.sets(granted, ambient),
                List.of(openFiles()),
                security().noNewPrivileges(),
                Confinement.apparmor(security(), inputs.machine()),
                OptionalInt.of(
                        inputs.machine().oomScoreAdjFor(config.resources().oomScoreAdj())),
                Confinement.processLabel(security(), inputs.machine()));
    }

    private Spec.Linux linux() {
        boolean open = security().privileged();
        return new Spec.Linux(
                Map.of(),
                Limits.of(inputs.config().resources(), inputs.machine(), DeviceRules.of(inputs)),
                new CgroupName(inputs.pod().cgroupParent(), inputs.id()).inSpec(),
                Namespaces.of(inputs),
                inputs.ground().devices().stream().map(Groundwork.Node::device).toList(),
                Confinement.seccomp(inputs, granted),
                rootfsPropagation(),
                open ? List.of() : Confinement.maskedPaths(security(), inputs.machine()),
                open ? List.of() : security().readonlyPaths(),
                Confinement.mountLabel(security(), inputs.machine()));
    }

    /** What sandboxed runtimes such as Kata and gVisor tell containers and sandboxes apart by; nobody else reads it. */
    private Map<String, String> annotations() {
        PodEnvironment pod = inputs.pod();
        return Map.of(
                "io.kubernetes.cri.container-type", "container",
                "io.kubernetes.cri.container-name", inputs.config().name(),
                "io.kubernetes.cri.sandbox-id", pod.sandboxId(),
                "io.kubernetes.cri.sandbox-name", pod.pod().name(),
                "io.kubernetes.cri.sandbox-namespace", pod.pod().namespace(),
                "io.kubernetes.cri.sandbox-uid", pod.pod().uid());
    }

    private Spec.Rlimit openFiles() {
        long most = Math.min(OPEN_FILES, inputs.machine().openFiles());
        return new Spec.Rlimit("RLIMIT_NOFILE", most, most);
    }

    /** The root must let through what a mount below it is to receive or send. */
    private String rootfsPropagation() {
        List<Propagation> asked =
                inputs.config().mounts().stream().map(Mount::propagation).toList();
        if (asked.contains(Propagation.BIDIRECTIONAL)) {
            return "rshared";
        }
        return asked.contains(Propagation.HOST_TO_CONTAINER) ? "rslave" : "";
    }

    private Security security() {
        return inputs.config().security();
    }
}
