package io.holdfast.sandbox;

import io.holdfast.cni.AttachRequest;
import io.holdfast.cni.Attachment;
import io.holdfast.cni.Capabilities;
import io.holdfast.cni.Networks;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A pod's side of the node's network: what its config says about ports, names and bandwidth. */
final class Attachments {
    private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
    private static final String EGRESS = "kubernetes.io/egress-bandwidth";
    /** What the bandwidth plugin takes for "no limit on a burst". */
    private static final long BURST = Integer.MAX_VALUE;

    private final Networks networks;

    Attachments(Networks networks) {
        this.networks = networks;
    }

    Attachment of(String id, SandboxConfig config, Path netns) {
        SandboxConfig.PodMetadata pod = config.metadata();
        Map<String, String> arguments = AttachRequest.kubernetes(pod.namespace(), pod.name(), pod.uid(), id);
        return networks.current()
                .attachment(AttachRequest.ofPod(id, netns.toString(), arguments, capabilities(config)));
    }

    private static Capabilities capabilities(SandboxConfig config) {
        SandboxConfig.Dns dns = config.dns();
        Capabilities ports = Capabilities.ofPorts(config.ports().stream()
                .filter(port -> port.hostPort() > 0)
                .map(Attachments::port)
                .toList());
        Capabilities named = dns.isEmpty()
                ? ports
                : ports.withDns(new Capabilities.Dns(dns.servers(), dns.searches(), dns.options()));
        return bandwidth(config.annotations()).map(named::withBandwidth).orElse(named);
    }

    private static Capabilities.PortMapping port(SandboxConfig.PortMapping port) {
        return new Capabilities.PortMapping(
                port.hostPort(),
                port.containerPort(),
                port.protocol().name().toLowerCase(java.util.Locale.ROOT),
                port.hostIp().isEmpty() ? Optional.empty() : Optional.of(port.hostIp()));
    }

    private static Optional<Capabilities.Bandwidth> bandwidth(Map<String, String> annotations) {
        OptionalLong ingress = rate(annotations, INGRESS);
        OptionalLong egress = rate(annotations, EGRESS);
        if (Stream.of(ingress, egress).allMatch(OptionalLong::isEmpty)) {
            return Optional.empty();
        }
        return Optional.of(new Capabilities.Bandwidth(ingress, burst(ingress), egress, burst(egress)));
    }

    private static OptionalLong rate(Map<String, String> annotations, String key) {
        return Stream.ofNullable(annotations.get(key))
                .mapToLong(text -> Quantity.parse("annotation " + key, text))
                .findFirst();
    }

    private static OptionalLong burst(OptionalLong rate) {
        return rate.isEmpty() ? rate : OptionalLong.of(BURST);
    }
}
