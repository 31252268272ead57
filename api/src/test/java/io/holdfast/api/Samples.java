package io.holdfast.api;

import com.google.protobuf.ByteString;
import io.holdfast.runtime.v1.Cri;

/** Valid requests with one of everything in them. */
final class Samples {
    private Samples() {}

    static Cri.PodSandboxConfig.Builder sandbox() {
        return Cri.PodSandboxConfig.newBuilder()
                .setMetadata(Cri.PodSandboxMetadata.newBuilder()
                        .setName("nginx")
                        .setUid("4cc6ec5e")
                        .setNamespace("default")
                        .setAttempt(1))
                .setHostname("nginx-0")
                .setLogDirectory("/var/log/pods/nginx")
                .setDnsConfig(Cri.DNSConfig.newBuilder()
                        .addServers("10.96.0.10")
                        .addSearches("svc.cluster.local")
                        .addOptions("ndots:5"))
                .addPortMappings(Cri.PortMapping.newBuilder()
                        .setContainerPort(80)
                        .setHostPort(8080)
                        .setHostIp("127.0.0.1"))
                .putLabels("app", "nginx")
                .putAnnotations("kubernetes.io/config.source", "api")
                .setLinux(Cri.LinuxPodSandboxConfig.newBuilder()
                        .setCgroupParent("/kubepods/burstable/pod4cc6ec5e")
                        .putSysctls("net.ipv4.ip_unprivileged_port_start", "0")
                        .setSecurityContext(Cri.LinuxSandboxSecurityContext.newBuilder()
                                .setRunAsUser(Cri.Int64Value.newBuilder().setValue(1000))
                                .setRunAsGroup(Cri.Int64Value.newBuilder().setValue(2000))
                                .setSeccomp(runtimeDefault())
                                .setApparmor(runtimeDefault())
                                .setSelinuxOptions(selinux())));
    }

    static Cri.ContainerConfig.Builder container() {
        return Cri.ContainerConfig.newBuilder()
                .setMetadata(Cri.ContainerMetadata.newBuilder().setName("web").setAttempt(2))
                .setImage(Cri.ImageSpec.newBuilder().setImage("docker.io/library/nginx:1"))
                .addCommand("/bin/sh")
                .addArgs("-c")
                .setWorkingDir("/srv")
                .addEnvs(Cri.KeyValue.newBuilder().setKey("A").setValue(ByteString.copyFromUtf8("1")))
                .addMounts(Cri.Mount.newBuilder()
                        .setContainerPath("/data")
                        .setHostPath("/var/lib/data")
                        .setReadonly(true))
                .addDevices(Cri.Device.newBuilder()
                        .setContainerPath("/dev/fuse")
                        .setHostPath("/dev/fuse")
                        .setPermissions("rwm"))
                .putLabels("app", "nginx")
                .putAnnotations("note", "two\nlines")
                .setLogPath("web/2.log")
                .setLinux(Cri.LinuxContainerConfig.newBuilder()
                        .setResources(resources())
                        .setSecurityContext(security()))
                .setStopSignal(Cri.Signal.SIGNAL_SIGQUIT);
    }

    private static Cri.LinuxContainerSecurityContext.Builder security() {
        return Cri.LinuxContainerSecurityContext.newBuilder()
                .setRunAsUser(Cri.Int64Value.newBuilder().setValue(1000))
                .setRunAsGroup(Cri.Int64Value.newBuilder().setValue(2000))
                .setCapabilities(Cri.Capability.newBuilder().addAddCapabilities("NET_ADMIN"))
                .addMaskedPaths("/proc/kcore")
                .setSeccomp(runtimeDefault())
                .setApparmor(runtimeDefault())
                .setSelinuxOptions(selinux());
    }

    private static Cri.SecurityProfile.Builder runtimeDefault() {
        return Cri.SecurityProfile.newBuilder().setProfileType(Cri.SecurityProfile.ProfileType.RuntimeDefault);
    }

    private static Cri.SELinuxOption.Builder selinux() {
        return Cri.SELinuxOption.newBuilder()
                .setUser("system_u")
                .setRole("system_r")
                .setType("container_t")
                .setLevel("s0:c1,c2");
    }

    private static Cri.LinuxContainerResources.Builder resources() {
        return Cri.LinuxContainerResources.newBuilder()
                .setCpuPeriod(100_000)
                .setCpuQuota(50_000)
                .setMemoryLimitInBytes(1 << 26)
                .addHugepageLimits(
                        Cri.HugepageLimit.newBuilder().setPageSize("2MB").setLimit(1 << 21));
    }
}
