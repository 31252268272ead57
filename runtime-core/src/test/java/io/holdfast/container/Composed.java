package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.image.ImageConfig;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.oci.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Composes what a test wants in a made-up pod on a made-up machine, touching nothing. */
final class Composed {
    Machine machine = Machines.nested();
    ImageConfig image = new ImageConfig(
            List.of("/server"), List.of("--port", "80"), List.of("LANG=C.UTF-8"), "/srv", "", "", List.of(), Map.of());
    LinuxUser user = new LinuxUser(0, 0, List.of(0L), "/root");
    List<String> mountOptions = List.of("ro", "rro");
    List<Groundwork.Node> devices = List.of();
    Optional<String> seccompProfile = Optional.empty();
    Optional<ProcessIdentity> target = Optional.empty();
    boolean privilegedPod = true;
    boolean host;
    String cgroupParent = "/kubepods/burstable/pod1";

    Spec of(Wanted wanted) {
        ContainerConfig config = wanted.config();
        Map<String, String> sources = config.mounts().stream()
                .map(Mount::hostPath)
                .distinct()
                .collect(Collectors.toMap(path -> path, path -> "/real" + path));
        return ContainerSpec.compose(new ContainerSpec.Inputs(
                "c1",
                pod(),
                config,
                image,
                Path.of("/run/holdfast/containers/c1/rootfs"),
                user,
                new OciRuntime.Features("runc 1.1.5", mountOptions, false, Map.of()),
                machine,
                new Groundwork(sources, devices, seccompProfile),
                target));
    }

    private PodEnvironment pod() {
        return new PodEnvironment(
                "s1",
                "runc",
                new PodEnvironment.Pod("web-0", "default", "uid-1", "web-0", Map.of("run.oci.x", "y"), privilegedPod),
                host ? Optional.empty() : Optional.of(Path.of("/run/holdfast/sandboxes/s1/netns")),
                new ProcessIdentity(4711, 1),
                host,
                host,
                host,
                cgroupParent,
                Optional.of(Path.of("/var/log/pods/web-0")),
                new PodEnvironment.Files(
                        Path.of("/run/holdfast/sandboxes/s1/resolv.conf"),
                        Path.of("/run/holdfast/sandboxes/s1/hostname"),
                        host ? Path.of("/dev/shm") : Path.of("/run/holdfast/sandboxes/s1/shm")));
    }
}
