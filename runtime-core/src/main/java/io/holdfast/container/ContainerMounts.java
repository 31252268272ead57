package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.oci.KernelMounts;
import io.holdfast.oci.Spec;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is mounted into a container, and in which order: the kernel's file systems, the pod's files, the request's
 * mounts, each before what lies below it.
 */
final class ContainerMounts {
    private static final String RECURSIVE_READ_ONLY = "rro";

    private final ContainerSpec.Inputs inputs;
    private final Set<Path> asked;

    private ContainerMounts(ContainerSpec.Inputs inputs) {
        this.inputs = inputs;
        this.asked =
                inputs.config().mounts().stream().map(ContainerMounts::target).collect(Collectors.toSet());
    }

    static List<Spec.Mount> of(ContainerSpec.Inputs inputs) {
        return new ContainerMounts(inputs).all();
    }

    private List<Spec.Mount> all() {
        Stream<Spec.Mount> kernel = KernelMounts.full(inputs.config().security().privileged()).stream()
                .filter(mount -> !isReplaced(Path.of(mount.destination())));
        Stream<Spec.Mount> pod = podFiles().stream().filter(mount -> !asked.contains(Path.of(mount.destination())));
        Stream<Spec.Mount> requested = inputs.config().mounts().stream().map(this::bind);
        return Stream.of(kernel, pod, requested)
                .flatMap(mounts -> mounts)
                .sorted(Comparator.comparingInt(
                        mount -> Path.of(mount.destination()).getNameCount()))
                .toList();
    }

    /** A volume at /dev or /sys comes with all that is below it on the host. */
    private boolean isReplaced(Path kernelMount) {
        return asked.stream().anyMatch(kernelMount::startsWith);
    }

    private List<Spec.Mount> podFiles() {
        PodEnvironment.Files files = inputs.pod().files();
        String access = inputs.config().security().readonlyRootfs() ? "ro" : "rw";
        List<Spec.Mount> mounts = new ArrayList<>();
        mounts.add(podFile("/dev/shm", files.shm(), "rw"));
        mounts.add(podFile("/etc/resolv.conf", files.resolvConf(), access));
        mounts.add(podFile("/etc/hostname", files.hostname(), access));
        return mounts;
    }

    private static Spec.Mount podFile(String destination, Path source, String access) {
        return new Spec.Mount(
                destination,
                "bind",
                source.toString(),
                List.of("rbind", "rprivate", "nosuid", "nodev", "noexec", access));
    }

    private Spec.Mount bind(Mount mount) {
        String propagation = switch (mount.propagation()) {
            case PRIVATE -> "rprivate";
            case HOST_TO_CONTAINER -> "rslave";
            case BIDIRECTIONAL -> "rshared";
        };
        return new Spec.Mount(
                target(mount).toString(), "bind", source(mount), List.of("rbind", propagation, access(mount)));
    }

    private String access(Mount mount) {
        if (!mount.recursiveReadOnly()) {
            return mount.readOnly() ? "ro" : "rw";
        }
        if (!mount.readOnly() || mount.propagation() != Propagation.PRIVATE) {
            throw new Failure.Invalid("mounts.recursive_read_only: " + mount.containerPath()
                    + " must be readonly and of private propagation as well");
        }
        if (!inputs.features().mountOptions().contains(RECURSIVE_READ_ONLY)) {
            throw new Failure.Invalid("mounts.recursive_read_only: " + mount.containerPath() + ": the runtime handler "
                    + inputs.pod().handler() + " does not say that it can do this");
        }
        return RECURSIVE_READ_ONLY;
    }

    private String source(Mount mount) {
        String source = inputs.ground().sources().get(mount.hostPath());
        if (source == null) {
            throw new IllegalArgumentException("no groundwork was laid for the mount of " + mount.hostPath());
        }
        return source;
    }

    private static Path target(Mount mount) {
        Path target = HostPath.of("mounts.container_path", mount.containerPath());
        if (target.getNameCount() == 0) {
            throw new Failure.Invalid("mounts.container_path: nothing can be mounted over the container's root");
        }
        return target;
    }
}
