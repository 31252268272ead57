package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Values that only the runtime knows, for the plugins that declare that they take them (CNI's conventions for
 * {@code runtimeConfig}). An empty one is not passed.
 *
 * @param mac the hardware address wanted for the interface
 * @param infinibandGuid the GUID wanted for an InfiniBand interface
 */
public record Capabilities(
        List<PortMapping> portMappings,
        Optional<Bandwidth> bandwidth,
        Optional<Dns> dns,
        List<List<IpRange>> ipRanges,
        List<String> aliases,
        Optional<String> mac,
        Optional<String> infinibandGuid) {

    /** A port of the host that leads into the sandbox. The protocol is tcp, udp or sctp. */
    public record PortMapping(int hostPort, int containerPort, String protocol, Optional<String> hostIp) {}

    /** Limits in bits a second, and the bursts allowed, in bits. */
    public record Bandwidth(
            OptionalLong ingressRate, OptionalLong ingressBurst, OptionalLong egressRate, OptionalLong egressBurst) {}

    /** What a sandbox's resolver is to ask, for plugins that register names or run a resolver. */
    public record Dns(List<String> servers, List<String> searches, List<String> options) {
        public Dns {
            servers = List.copyOf(servers);
            searches = List.copyOf(searches);
            options = List.copyOf(options);
        }
    }

    /** Addresses to take one from: a subnet in CIDR form and, within it, the first, the last and the gateway. */
    public record IpRange(
            String subnet, Optional<String> rangeStart, Optional<String> rangeEnd, Optional<String> gateway) {}

    public Capabilities {
        portMappings = List.copyOf(portMappings);
        ipRanges = ipRanges.stream().map(List::copyOf).toList();
        aliases = List.copyOf(aliases);
    }

    public static Capabilities none() {
        return ofPorts(List.of());
    }

    public static Capabilities ofPorts(List<PortMapping> portMappings) {
        return new Capabilities(
                portMappings,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    public Capabilities withBandwidth(Bandwidth limits) {
        return new Capabilities(portMappings, Optional.of(limits), dns, ipRanges, aliases, mac, infinibandGuid);
    }

    public Capabilities withDns(Dns resolver) {
        return new Capabilities(portMappings, bandwidth, Optional.of(resolver), ipRanges, aliases, mac, infinibandGuid);
    }

    public Capabilities withAliases(List<String> names) {
        return new Capabilities(portMappings, bandwidth, dns, ipRanges, names, mac, infinibandGuid);
    }

    public Capabilities withIpRanges(List<List<IpRange>> ranges) {
        return new Capabilities(portMappings, bandwidth, dns, ranges, aliases, mac, infinibandGuid);
    }

    public Capabilities withMac(String address) {
        return new Capabilities(portMappings, bandwidth, dns, ipRanges, aliases, Optional.of(address), infinibandGuid);
    }

    public Capabilities withInfinibandGuid(String guid) {
        return new Capabilities(portMappings, bandwidth, dns, ipRanges, aliases, mac, Optional.of(guid));
    }

    /** The {@code runtimeConfig} of a plugin that declares these capabilities; empty for most. */
    ObjectNode runtimeConfig(Set<String> declared) {
        ObjectNode all = CniJson.object();
        if (!portMappings.isEmpty()) {
            ArrayNode mappings = all.putArray("portMappings");
            portMappings.forEach(mapping -> render(mapping, mappings.addObject()));
        }
        bandwidth.ifPresent(limits -> render(limits, all.putObject("bandwidth")));
        dns.ifPresent(resolver -> render(resolver, all.putObject("dns")));
        if (!ipRanges.isEmpty()) {
            ArrayNode sets = all.putArray("ipRanges");
            ipRanges.forEach(set -> render(set, sets.addArray()));
        }
        texts(aliases, "aliases", all);
        mac.ifPresent(address -> all.put("mac", address));
        infinibandGuid.ifPresent(guid -> all.put("infinibandGUID", guid));
        return all.retain(declared);
    }

    private static void render(PortMapping mapping, ObjectNode json) {
        json.put("hostPort", mapping.hostPort())
                .put("containerPort", mapping.containerPort())
                .put("protocol", mapping.protocol());
        mapping.hostIp().ifPresent(address -> json.put("hostIP", address));
    }

    private static void render(Bandwidth limits, ObjectNode json) {
        limits.ingressRate().ifPresent(bits -> json.put("ingressRate", bits));
        limits.ingressBurst().ifPresent(bits -> json.put("ingressBurst", bits));
        limits.egressRate().ifPresent(bits -> json.put("egressRate", bits));
        limits.egressBurst().ifPresent(bits -> json.put("egressBurst", bits));
    }

    private static void render(Dns resolver, ObjectNode json) {
        texts(resolver.servers(), "servers", json);
        texts(resolver.searches(), "searches", json);
        texts(resolver.options(), "options", json);
    }

    private static void render(List<IpRange> set, ArrayNode json) {
        for (IpRange range : set) {
            ObjectNode one = json.addObject().put("subnet", range.subnet());
            range.rangeStart().ifPresent(address -> one.put("rangeStart", address));
            range.rangeEnd().ifPresent(address -> one.put("rangeEnd", address));
            range.gateway().ifPresent(address -> one.put("gateway", address));
        }
    }

    private static void texts(List<String> values, String field, ObjectNode json) {
        if (!values.isEmpty()) {
            values.forEach(json.putArray(field)::add);
        }
    }
}
