package io.holdfast.cli;

import com.google.protobuf.ByteString;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.NamespaceMode;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** What a kubelet would ask the runtime for, to run the pod of a manifest. */
final class PodMessages {
    /** What a kubelet hides of the kernel from a container that is not privileged, and what it makes read-only. */
    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware");

    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private final PodFile pod;
    private final Path logs;

    /** The containers' logs go below this directory, one directory a pod. */
    PodMessages(PodFile pod, Path logs) {
        this.pod = pod;
        this.logs = logs;
    }

    Cri.PodSandboxConfig sandbox() {
        String name = pod.metadata().name();
        String namespace = pod.metadata().namespace().orElse("default");
        String uid = UUID.randomUUID().toString();
        Cri.PodSandboxConfig.Builder config = Cri.PodSandboxConfig.newBuilder()
                .setMetadata(Cri.PodSandboxMetadata.newBuilder()
                        .setName(name)
                        .setNamespace(namespace)
                        .setUid(uid))
                .setLogDirectory(
                        logs.resolve(namespace + "_" + name + "_" + uid).toString())
                .putAllLabels(pod.metadata().labels())
                .putAllAnnotations(pod.metadata().annotations());
        if (!pod.spec().hostNetwork()) {
            config.setHostname(pod.spec().hostname().orElse(name));
        }
        pod.spec().containers().stream()
                .flatMap(container -> container.ports().stream())
                .forEach(port -> config.addPortMappings(mapping(port)));
        config.getLinuxBuilder()
                .getSecurityContextBuilder()
                .setNamespaceOptions(namespaces())
                .setPrivileged(pod.spec().containers().stream().anyMatch(PodMessages::isPrivileged))
                .setSeccomp(runtimeDefault());
        return config.build();
    }

    List<Cri.ContainerConfig> containers() {
        return pod.spec().containers().stream().map(this::container).toList();
    }

    private Cri.ContainerConfig container(PodFile.PodContainer container) {
        Cri.ContainerConfig.Builder config = Cri.ContainerConfig.newBuilder()
                .setMetadata(Cri.ContainerMetadata.newBuilder().setName(container.name()))
                .setImage(
                        Cri.ImageSpec.newBuilder().setImage(container.image()).setUserSpecifiedImage(container.image()))
                .addAllCommand(container.command())
                .addAllArgs(container.args())
                .setWorkingDir(container.workingDir().orElse(""))
                .setTty(container.tty())
                .setLogPath(container.name() + "/0.log");
        container
                .env()
                .forEach(variable -> config.addEnvs(Cri.KeyValue.newBuilder()
                        .setKey(variable.name())
                        .setValue(ByteString.copyFromUtf8(variable.value().orElse("")))));
        container.volumeMounts().forEach(mount -> config.addMounts(mount(mount)));
        config.getLinuxBuilder().setSecurityContext(security(container));
        return config.build();
    }

    private Cri.LinuxContainerSecurityContext security(PodFile.PodContainer container) {
        var security = Cri.LinuxContainerSecurityContext.newBuilder()
                .setNamespaceOptions(namespaces())
                .setPrivileged(isPrivileged(container));
        if (!isPrivileged(container)) {
            security.addAllMaskedPaths(MASKED).addAllReadonlyPaths(READ_ONLY).setSeccomp(runtimeDefault());
        }
        container.securityContext().ifPresent(fields -> {
            security.setReadonlyRootfs(fields.readOnlyRootFilesystem());
            security.setNoNewPrivs(!fields.allowPrivilegeEscalation().orElse(true));
            fields.runAsUser().ifPresent(id -> security.getRunAsUserBuilder().setValue(id));
            fields.runAsGroup().ifPresent(id -> security.getRunAsGroupBuilder().setValue(id));
        });
        return security.build();
    }

    private Cri.NamespaceOption namespaces() {
        PodFile.PodSpec spec = pod.spec();
        NamespaceMode alone = spec.shareProcessNamespace() ? NamespaceMode.POD : NamespaceMode.CONTAINER;
        return Cri.NamespaceOption.newBuilder()
                .setNetwork(spec.hostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setIpc(spec.hostIPC() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setPid(spec.hostPID() ? NamespaceMode.NODE : alone)
                .build();
    }

    private Cri.Mount mount(PodFile.VolumeMount mount) {
        String source = pod.spec().volumes().stream()
                .filter(volume -> volume.name().equals(mount.name()))
                .map(volume -> volume.hostPath().path())
                .findFirst()
                .orElseThrow(() -> new Failure.Invalid("volumeMounts: there is no volume " + mount.name()));
        return Cri.Mount.newBuilder()
                .setHostPath(source)
                .setContainerPath(mount.mountPath())
                .setReadonly(mount.readOnly())
                .build();
    }

    private static Cri.PortMapping mapping(PodFile.Port port) {
        String protocol = port.protocol().orElse("TCP").toUpperCase(Locale.ROOT);
        try {
            return Cri.PortMapping.newBuilder()
                    .setContainerPort(port.containerPort())
                    .setHostPort(port.hostPort())
                    .setHostIp(port.hostIP().orElse(""))
                    .setProtocol(Cri.Protocol.valueOf(protocol))
                    .build();
        } catch (IllegalArgumentException unknown) {
            throw new Failure.Invalid("ports.protocol " + protocol + ": must be TCP, UDP or SCTP", unknown);
        }
    }

    private static boolean isPrivileged(PodFile.PodContainer container) {
        return container
                .securityContext()
                .filter(PodFile.SecurityFields::privileged)
                .isPresent();
    }

    private static Cri.SecurityProfile runtimeDefault() {
        return Cri.SecurityProfile.newBuilder()
                .setProfileType(Cri.SecurityProfile.ProfileType.RuntimeDefault)
                .build();
    }
}
