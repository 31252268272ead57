package io.holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import io.holdfast.container.ContainerConfig;
import io.holdfast.container.Security;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.SandboxConfig;
import io.holdfast.work.Failure;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestsTest {
    @Test
    void aSandboxIsParsedWhole() {
        SandboxConfig config = SandboxRequests.config(Samples.sandbox().build());

        assertThat(config.metadata()).isEqualTo(new SandboxConfig.PodMetadata("nginx", "4cc6ec5e", "default", 1));
        assertThat(config.ports())
                .containsExactly(new SandboxConfig.PortMapping(SandboxConfig.Protocol.TCP, 80, 8080, "127.0.0.1"));
        assertThat(config.sysctls()).containsEntry("net.ipv4.ip_unprivileged_port_start", "0");
        assertThat(config.namespaces().network()).isEqualTo(SandboxConfig.Scope.POD);
    }

    @Test
    void aContainerIsParsedWhole() {
        ContainerConfig config = ContainerRequests.config(Samples.container().build());

        assertThat(config.name()).isEqualTo("web");
        assertThat(config.attempt()).isEqualTo(2);
        assertThat(config.command()).containsExactly("/bin/sh");
        assertThat(config.environment()).containsExactly(new ContainerConfig.Variable("A", "1"));
        assertThat(config.stopSignal()).contains("SIGQUIT");
        assertThat(config.security().runAs()).isEqualTo(new Security.RunAs.Uid(1000));
        assertThat(config.security().group()).isEqualTo(OptionalLong.of(2000));
        assertThat(config.security().seccomp()).isEqualTo(new Security.Seccomp.RuntimeDefault());
    }

    @Test
    void theLeastThatAContainerNeedsIsANameAndAnImage() {
        ContainerConfig config = ContainerRequests.config(Cri.ContainerConfig.newBuilder()
                .setMetadata(Cri.ContainerMetadata.newBuilder().setName("a"))
                .setImage(Cri.ImageSpec.newBuilder().setImage("busybox"))
                .build());

        assertThat(config.stopSignal()).isEqualTo(Optional.empty());
        assertThat(config.security().runAs()).isEqualTo(new Security.RunAs.ImageDefault());
        assertThat(config.security().seccomp()).isEqualTo(new Security.Seccomp.Unconfined());
    }

    @Test
    void realTimeSignalsKeepTheirDistance() {
        assertThat(Signals.parse("f", Cri.Signal.SIGNAL_SIGRTMINPLUS3)).contains("SIGRTMIN+3");
        assertThat(Signals.parse("f", Cri.Signal.SIGNAL_SIGRTMAXMINUS14)).contains("SIGRTMAX-14");
        assertThat(Signals.render("SIGRTMAX-14")).isEqualTo(Cri.Signal.SIGNAL_SIGRTMAXMINUS14);
        assertThat(Signals.render("SIGSOMETHING")).isEqualTo(Cri.Signal.SIGNAL_RUNTIME_DEFAULT);
    }

    static Stream<Arguments> wrongSandboxes() {
        return Stream.of(
                sandbox("config.metadata", b -> b.clearMetadata()),
                sandbox("config.metadata.name", b -> b.getMetadataBuilder().setName("")),
                sandbox("config.metadata.name", b -> b.getMetadataBuilder().setName("a/b")),
                sandbox("config.metadata.name", b -> b.getMetadataBuilder().setName("..")),
                sandbox("config.metadata.name", b -> b.getMetadataBuilder().setName("a\nb")),
                sandbox("config.metadata.name", b -> b.getMetadataBuilder().setName("x".repeat(10 * 1024))),
                sandbox("config.metadata.uid", b -> b.getMetadataBuilder().setUid("a;IgnoreUnknown=1")),
                sandbox("config.metadata.namespace", b -> b.getMetadataBuilder().setNamespace("")),
                sandbox("config.hostname", b -> b.setHostname("h".repeat(65))),
                sandbox("config.hostname", b -> b.setHostname("a b")),
                sandbox("config.log_directory", b -> b.setLogDirectory("var/log")),
                sandbox("config.log_directory", b -> b.setLogDirectory("/var/log/../../etc")),
                sandbox("config.log_directory", b -> b.setLogDirectory("/var/\0")),
                sandbox(
                        "config.dns_config.servers[0]",
                        b -> b.getDnsConfigBuilder().setServers(0, "a\nb")),
                sandbox(
                        "config.dns_config.searches",
                        b -> b.getDnsConfigBuilder().setSearches(0, "x\noptions")),
                sandbox(
                        "config.dns_config.servers",
                        b -> b.getDnsConfigBuilder().addAllServers(Collections.nCopies(65, "1.1.1.1"))),
                sandbox(
                        "config.dns_config.searches",
                        b -> b.getDnsConfigBuilder().addAllSearches(Collections.nCopies(65, "a.example"))),
                sandbox(
                        "config.dns_config.options",
                        b -> b.getDnsConfigBuilder().addAllOptions(Collections.nCopies(65, "ndots:5"))),
                sandbox(
                        "config.dns_config.options",
                        b -> b.getDnsConfigBuilder().setOptions(0, "a b")),
                sandbox("config.port_mappings[0].container_port", b -> port(b).setContainerPort(0)),
                sandbox("config.port_mappings[0].container_port", b -> port(b).setContainerPort(-1)),
                sandbox("config.port_mappings[0].host_port", b -> port(b).setHostPort(70000)),
                sandbox("config.port_mappings[0].host_ip", b -> port(b).setHostIp("localhost")),
                sandbox("config.port_mappings[0].protocol", b -> port(b).setProtocolValue(9)),
                sandbox("config.port_mappings[1].host_port", b -> b.addPortMappings(b.getPortMappings(0))),
                sandbox("config.annotations", b -> b.putAnnotations("k", "v".repeat(300 * 1024))),
                sandbox("config.labels", b -> b.putLabels("a\nb", "")));
    }

    static Stream<Arguments> wrongLinuxSandboxes() {
        return Stream.of(
                sandbox("config.linux.cgroup_parent", b -> linux(b).setCgroupParent("/kubepods/../../x")),
                sandbox("config.linux.cgroup_parent", b -> linux(b).setCgroupParent("pods")),
                sandbox("config.linux.sysctls[kernel.core_pattern]", b -> sysctl(b, "kernel.core_pattern", "x")),
                sandbox("config.linux.sysctls[vm.swappiness]", b -> sysctl(b, "vm.swappiness", "1")),
                sandbox("config.linux.sysctls[net.a]", b -> sysctl(b, "net.a", "1+kernel.core_pattern=x")),
                sandbox("config.linux.sysctls[net.a]", b -> sysctl(b, "net.a", "1\nb")),
                sandbox("config.linux.sysctls[net.a=1+b]", b -> sysctl(b, "net.a=1+b", "1")),
                sandbox(
                        "config.linux.sysctls[net.ipv4.ip_unprivileged_port_start]",
                        b -> namespaces(b).setNetwork(Cri.NamespaceMode.NODE)),
                sandbox("config.linux.sysctls[kernel.shmmax]", b -> {
                    sysctl(b, "kernel.shmmax", "1");
                    namespaces(b).setIpc(Cri.NamespaceMode.NODE);
                }),
                sandbox(
                        "config.linux.security_context.namespace_options.pid",
                        b -> namespaces(b).setPidValue(8)),
                sandbox(
                        "config.linux.security_context.namespace_options.ipc",
                        b -> namespaces(b).setIpc(Cri.NamespaceMode.CONTAINER)),
                sandbox(
                        "config.linux.security_context.namespace_options.userns_options",
                        b -> namespaces(b)
                                .setUsernsOptions(Cri.UserNamespace.newBuilder().setMode(Cri.NamespaceMode.POD))),
                sandbox(
                        "config.linux.security_context.run_as_user",
                        b -> linux(b).getSecurityContextBuilder()
                                .setRunAsUser(Cri.Int64Value.newBuilder().setValue(1L << 32))),
                sandbox(
                        "config.linux.resources.cpuset_cpus",
                        b -> linux(b).getResourcesBuilder().setCpusetCpus("0;1")));
    }

    @ParameterizedTest
    @MethodSource({"wrongSandboxes", "wrongLinuxSandboxes"})
    void aWrongSandboxIsRefusedByTheNameOfTheField(String field, Cri.PodSandboxConfig config) {
        assertThatThrownBy(() -> SandboxRequests.config(config))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith(field);
    }

    static Stream<Arguments> wrongContainers() {
        return Stream.of(
                container("config.metadata", b -> b.clearMetadata()),
                container("config.metadata.name", b -> b.getMetadataBuilder().setName("..")),
                container("config.image.image", b -> b.clearImage()),
                container("config.image.image", b -> b.getImageBuilder().setImage("a\0b")),
                container("config.working_dir", b -> b.setWorkingDir("/a/../..")),
                container("config.log_path", b -> b.setLogPath("../../etc/cron.d/x")),
                container("config.log_path", b -> b.setLogPath("/etc/cron.d/x")),
                container("config.command[0]", b -> b.setCommand(0, "a\0b")),
                container("config.args in all", b -> {
                    for (int i = 0; i < 100; i++) {
                        b.addArgs("x".repeat(100 * 1024));
                    }
                }),
                container("config.envs[0].key", b -> b.getEnvsBuilder(0).setKey("")),
                container("config.envs[0].key", b -> b.getEnvsBuilder(0).setKey("A=B")),
                container("config.envs[0].key", b -> b.getEnvsBuilder(0).setKey("A\nB")),
                container(
                        "config.envs[0].value",
                        b -> b.getEnvsBuilder(0).setValue(ByteString.copyFrom(new byte[] {(byte) 0xff}))),
                container(
                        "config.mounts[0].host_path", b -> b.getMountsBuilder(0).setHostPath("data")),
                container("config.mounts[0].container_path", b -> target(b, "/a/../etc")),
                container("config.mounts[0].container_path", b -> target(b, "/")),
                container("config.mounts[0].container_path", b -> target(b, "/proc")),
                container("config.mounts[0].container_path", b -> target(b, "/proc/./self/attr")),
                container("config.mounts[1].container_path", b -> b.addMounts(b.getMounts(0))),
                container(
                        "config.mounts[0].propagation",
                        b -> b.getMountsBuilder(0).setPropagationValue(7)),
                container(
                        "config.mounts[0].recursive_read_only",
                        b -> b.getMountsBuilder(0).setReadonly(false).setRecursiveReadOnly(true)),
                container(
                        "config.mounts[0].image",
                        b -> b.getMountsBuilder(0)
                                .setImage(Cri.ImageSpec.newBuilder().setImage("a"))),
                container(
                        "config.devices[0].permissions",
                        b -> b.getDevicesBuilder(0).setPermissions("rx")),
                container(
                        "config.devices[0].host_path",
                        b -> b.getDevicesBuilder(0).setHostPath("../dev/mem")),
                container(
                        "config.CDI_devices",
                        b -> b.addCDIDevices(Cri.CDIDevice.newBuilder().setName("v/c=d"))),
                container("config.stop_signal", b -> b.setStopSignalValue(400)));
    }

    static Stream<Arguments> wrongUsersAndResources() {
        return Stream.of(
                container(
                        "config.linux.security_context.run_as_user",
                        b -> security(b)
                                .setRunAsUser(Cri.Int64Value.newBuilder().setValue(-1))),
                container(
                        "config.linux.security_context.run_as_user",
                        b -> security(b)
                                .setRunAsUser(Cri.Int64Value.newBuilder().setValue(0xFFFF_FFFFL))),
                container(
                        "config.linux.security_context.run_as_username",
                        b -> security(b).setRunAsUsername("a")),
                container(
                        "config.linux.security_context.run_as_group",
                        b -> security(b).clearRunAsUser()),
                container(
                        "config.linux.security_context.supplemental_groups",
                        b -> security(b).addSupplementalGroups(-4)),
                container(
                        "config.linux.security_context.supplemental_groups_policy",
                        b -> security(b).setSupplementalGroupsPolicyValue(5)),
                container(
                        "config.linux.resources.oom_score_adj",
                        b -> b.getLinuxBuilder().getResourcesBuilder().setOomScoreAdj(1001)),
                container(
                        "config.linux.resources.unified",
                        b -> b.getLinuxBuilder().getResourcesBuilder().putUnified("../memory.max", "1")),
                container(
                        "config.linux.resources.hugepage_limits.page_size",
                        b -> b.getLinuxBuilder()
                                .getResourcesBuilder()
                                .getHugepageLimitsBuilder(0)
                                .setPageSize("2MB/../x")));
    }

    static Stream<Arguments> wrongConfinement() {
        return Stream.of(
                container(
                        "config.linux.security_context.capabilities.add_capabilities",
                        b -> security(b).getCapabilitiesBuilder().addAddCapabilities("SYS ADMIN")),
                container(
                        "config.linux.security_context.masked_paths",
                        b -> security(b).addMaskedPaths("proc")),
                container(
                        "config.linux.security_context.seccomp.localhost_ref",
                        b -> security(b).getSeccompBuilder().setProfileType(Cri.SecurityProfile.ProfileType.Localhost)),
                container(
                        "config.linux.security_context.seccomp.localhost_ref",
                        b -> security(b)
                                .getSeccompBuilder()
                                .setProfileType(Cri.SecurityProfile.ProfileType.Localhost)
                                .setLocalhostRef("profiles/../../x")),
                container(
                        "config.linux.security_context.apparmor.localhost_ref",
                        b -> security(b)
                                .getApparmorBuilder()
                                .setProfileType(Cri.SecurityProfile.ProfileType.Localhost)),
                container(
                        "config.linux.security_context.namespace_options.target_id",
                        b -> security(b).getNamespaceOptionsBuilder().setPid(Cri.NamespaceMode.TARGET)));
    }

    @ParameterizedTest
    @MethodSource({"wrongContainers", "wrongUsersAndResources", "wrongConfinement"})
    void aWrongContainerIsRefusedByTheNameOfTheField(String field, Cri.ContainerConfig config) {
        assertThatThrownBy(() -> ContainerRequests.config(config))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith(field);
    }

    @Test
    void complaintsShowControlBytesByValue() {
        assertThatThrownBy(() -> Fields.line("f", "a\nb", 9)).hasMessage("f: has the control byte 0x0a at 1");
    }

    @Test
    void credentialsAreInNoTextOfAPull() {
        var pull = ImageRequests.pull(Cri.PullImageRequest.newBuilder()
                .setImage(Cri.ImageSpec.newBuilder().setImage("r.example/a"))
                .setAuth(Cri.AuthConfig.newBuilder().setUsername("u53r").setPassword("s3cret"))
                .build());

        assertThat(pull.toString() + pull.credentials()).doesNotContain("u53r", "s3cret");
    }

    @Test
    void aComplaintAboutACredentialDoesNotQuoteIt() {
        var request = Cri.PullImageRequest.newBuilder()
                .setImage(Cri.ImageSpec.newBuilder().setImage("r.example/a"))
                .setAuth(Cri.AuthConfig.newBuilder().setPassword("s3cret\n"))
                .build();

        assertThatThrownBy(() -> ImageRequests.pull(request))
                .hasMessageStartingWith("auth.password")
                .hasMessageNotContaining("s3cret");
    }

    private static Arguments sandbox(String field, Consumer<Cri.PodSandboxConfig.Builder> change) {
        Cri.PodSandboxConfig.Builder builder = Samples.sandbox();
        change.accept(builder);
        return arguments(field, builder.build());
    }

    private static Arguments container(String field, Consumer<Cri.ContainerConfig.Builder> change) {
        Cri.ContainerConfig.Builder builder = Samples.container();
        change.accept(builder);
        return arguments(field, builder.build());
    }

    private static Cri.PortMapping.Builder port(Cri.PodSandboxConfig.Builder config) {
        return config.getPortMappingsBuilder(0);
    }

    private static Cri.LinuxPodSandboxConfig.Builder linux(Cri.PodSandboxConfig.Builder config) {
        return config.getLinuxBuilder();
    }

    private static Cri.NamespaceOption.Builder namespaces(Cri.PodSandboxConfig.Builder config) {
        return linux(config).getSecurityContextBuilder().getNamespaceOptionsBuilder();
    }

    private static void sysctl(Cri.PodSandboxConfig.Builder config, String name, String value) {
        linux(config).putSysctls(name, value);
    }

    private static void target(Cri.ContainerConfig.Builder config, String path) {
        config.getMountsBuilder(0).setContainerPath(path);
    }

    private static Cri.LinuxContainerSecurityContext.Builder security(Cri.ContainerConfig.Builder config) {
        return config.getLinuxBuilder().getSecurityContextBuilder();
    }
}
