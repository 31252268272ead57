package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.holdfast.cni.Attachment;
import io.holdfast.cni.Capabilities;
import io.holdfast.cni.Networks;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.sandbox.SandboxConfig.PortMapping;
import io.holdfast.sandbox.SandboxConfig.Protocol;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pod's config tells the network's plugins. */
class AttachmentsTest {
    private static final SandboxConfig.Dns NONE = new SandboxConfig.Dns(List.of(), List.of(), List.of());
    private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
    private static final String EGRESS = "kubernetes.io/egress-bandwidth";
    private static final OptionalLong UNLIMITED = OptionalLong.empty();

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);

    @TempDir
    private Path directory;

    private Attachments attachments;

    @BeforeEach
    void configure() throws IOException {
        Files.writeString(
                directory.resolve("10-net.conflist"),
                "{\"cniVersion\": \"1.0.0\", \"name\": \"pods\", \"plugins\": [{\"type\": \"bridge\"}]}");
        attachments = new Attachments(
                new Networks(Networks.Settings.of(directory, List.of(directory)), kernel, watch, _ -> {}));
    }

    @AfterEach
    void end() {
        watch.close();
    }

    @Test
    void thePodIsToldAsKubernetesTellsIt() {
        Attachment attachment = attachments.of("id1", config(List.of(), NONE, Map.of()), Path.of("/run/x/netns/id1"));

        assertThat(attachment.network()).isEqualTo("pods");
        assertThat(attachment.containerId()).isEqualTo("id1");
        assertThat(attachment.netns()).isEqualTo("/run/x/netns/id1");
        assertThat(attachment.ifname()).isEqualTo("eth0");
        assertThat(attachment.arguments())
                .containsEntry("K8S_POD_NAME", "web")
                .containsEntry("K8S_POD_NAMESPACE", "shop")
                .containsEntry("K8S_POD_UID", "u-1")
                .containsEntry("K8S_POD_INFRA_CONTAINER_ID", "id1");
        assertThat(attachment.capabilities()).isEqualTo(Capabilities.none());
    }

    static Stream<Arguments> ports() {
        return Stream.of(
                arguments(
                        new PortMapping(Protocol.TCP, 80, 8080, ""),
                        List.of(new Capabilities.PortMapping(8080, 80, "tcp", Optional.empty()))),
                arguments(
                        new PortMapping(Protocol.UDP, 53, 5353, "127.0.0.1"),
                        List.of(new Capabilities.PortMapping(5353, 53, "udp", Optional.of("127.0.0.1")))),
                arguments(
                        new PortMapping(Protocol.SCTP, 9, 99, "fd00::1"),
                        List.of(new Capabilities.PortMapping(99, 9, "sctp", Optional.of("fd00::1")))),
                arguments(new PortMapping(Protocol.TCP, 80, 0, "10.0.0.1"), List.of()));
    }

    @ParameterizedTest
    @MethodSource("ports")
    void aPortOfTheHostIsMapped(PortMapping asked, List<Capabilities.PortMapping> mapped) {
        assertThat(capabilities(config(List.of(asked), NONE, Map.of()))).isEqualTo(Capabilities.ofPorts(mapped));
    }

    @Test
    void theResolverIsTold() {
        var dns = new SandboxConfig.Dns(List.of("10.0.0.10"), List.of("shop.svc.example"), List.of("ndots:5"));

        assertThat(capabilities(config(List.of(), dns, Map.of())).dns())
                .contains(new Capabilities.Dns(dns.servers(), dns.searches(), dns.options()));
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                arguments(Map.of("other", "10M"), Optional.empty()),
                arguments(Map.of(INGRESS, "10M"), bandwidth(OptionalLong.of(10_000_000), UNLIMITED)),
                arguments(Map.of(EGRESS, "1.5Gi"), bandwidth(UNLIMITED, OptionalLong.of(1_610_612_736))),
                arguments(
                        Map.of(INGRESS, "500k", EGRESS, "2G"),
                        bandwidth(OptionalLong.of(500_000), OptionalLong.of(2_000_000_000))));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void theBandwidthIsThatOfTheAnnotations(
            Map<String, String> annotations, Optional<Capabilities.Bandwidth> bandwidth) {
        assertThat(capabilities(config(List.of(), NONE, annotations)).bandwidth())
                .isEqualTo(bandwidth);
    }

    @Test
    void aBandwidthThatIsNoQuantityIsRefusedByItsAnnotation() {
        assertThatThrownBy(() -> capabilities(config(List.of(), NONE, Map.of(INGRESS, "fast"))))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("annotation " + INGRESS);
    }

    private Capabilities capabilities(SandboxConfig config) {
        return attachments.of("id1", config, Path.of("/run/x/netns/id1")).capabilities();
    }

    /** A burst may be as long as the plugin can count. */
    private static Optional<Capabilities.Bandwidth> bandwidth(OptionalLong ingress, OptionalLong egress) {
        return Optional.of(new Capabilities.Bandwidth(ingress, burst(ingress), egress, burst(egress)));
    }

    private static OptionalLong burst(OptionalLong rate) {
        return rate.isPresent() ? OptionalLong.of(Integer.MAX_VALUE) : rate;
    }

    private static SandboxConfig config(
            List<PortMapping> ports, SandboxConfig.Dns dns, Map<String, String> annotations) {
        SandboxConfig usual = SandboxRig.config();
        return new SandboxConfig(
                new SandboxConfig.PodMetadata("web", "u-1", "shop", 0),
                usual.hostname(),
                usual.logDirectory(),
                dns,
                ports,
                usual.labels(),
                annotations,
                usual.cgroupParent(),
                usual.sysctls(),
                usual.namespaces(),
                usual.security());
    }
}
