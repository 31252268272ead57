package io.holdfast.api;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.SandboxConfig;
import io.holdfast.sandbox.SandboxConfig.PortMapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Parses a PodSandboxConfig. */
final class SandboxRequests {
    private static final int MOST_NAME = 253;
    private static final int MOST_HOSTNAME = 64;
    private static final int MOST_DNS_LINE = 2048;
    /** Of a kind; a kubelet passes on 3 servers and 32 domains. */
    private static final int MOST_DNS_LINES = 64;

    private static final int MOST_PORT = 65535;
    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
    /** These are joined with {@code ;} and {@code =} into the arguments of network plugins. */
    private static final Pattern IDENTITY = Pattern.compile("[^;=\\s]+");

    private static final Pattern CGROUP = Pattern.compile("[A-Za-z0-9_.:@/\\\\-]+");
    private static final Pattern SLICE = Pattern.compile("[A-Za-z0-9_.:@\\\\-]+\\.slice");
    private static final Pattern HANDLER = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?");

    private SandboxRequests() {}

    static SandboxConfig config(Cri.PodSandboxConfig config) {
        if (!config.hasMetadata()) {
            throw Fields.invalid("config.metadata", "is missing");
        }
        Cri.LinuxPodSandboxConfig linux = config.getLinux();
        SandboxConfig.Namespaces namespaces = NamespaceRequests.sandbox(
                "config.linux.security_context.namespace_options",
                linux.getSecurityContext().getNamespaceOptions());
        // The kubelet has put both on the pod's cgroup: here they are only to make sense.
        ResourceRequests.resources("config.linux.overhead", linux.getOverhead());
        ResourceRequests.resources("config.linux.resources", linux.getResources());
        return new SandboxConfig(
                metadata(config.getMetadata()),
                hostname(config.getHostname()),
                Fields.optionalPath("config.log_directory", config.getLogDirectory()),
                dns(config.getDnsConfig()),
                ports(config.getPortMappingsList()),
                Fields.map("config.labels", config.getLabelsMap()),
                Fields.map("config.annotations", config.getAnnotationsMap()),
                cgroupParent(linux.getCgroupParent()),
                Sysctls.parse("config.linux.sysctls", linux.getSysctlsMap(), namespaces),
                namespaces,
                SecurityRequests.sandbox("config.linux.security_context", linux.getSecurityContext()));
    }

    /** Empty is the default handler. */
    static String handler(String name) {
        return name.isEmpty()
                ? name
                : Fields.matching("runtime_handler", name, HANDLER, "letters, digits, \"-\", \"_\" and \".\"");
    }

    private static SandboxConfig.PodMetadata metadata(Cri.PodSandboxMetadata metadata) {
        return new SandboxConfig.PodMetadata(
                identity("config.metadata.name", metadata.getName()),
                identity("config.metadata.uid", metadata.getUid()),
                identity("config.metadata.namespace", metadata.getNamespace()),
                Integer.toUnsignedLong(metadata.getAttempt()));
    }

    private static String identity(String field, String value) {
        Fields.name(field, value, MOST_NAME);
        return Fields.matching(field, value, IDENTITY, "without spaces, \";\" and \"=\"");
    }

    private static String hostname(String value) {
        if (value.isEmpty()) {
            return value;
        }
        Fields.line("config.hostname", value, MOST_HOSTNAME);
        return Fields.matching("config.hostname", value, HOSTNAME, "letters, digits, \"-\" and \".\"");
    }

    private static SandboxConfig.Dns dns(Cri.DNSConfig dns) {
        List<String> servers = few("config.dns_config.servers", dns.getServersList());
        for (int i = 0; i < servers.size(); i++) {
            Fields.address("config.dns_config.servers[" + i + "]", servers.get(i));
        }
        return new SandboxConfig.Dns(
                servers,
                words("config.dns_config.searches", dns.getSearchesList()),
                words("config.dns_config.options", dns.getOptionsList()));
    }

    private static List<String> words(String field, List<String> values) {
        for (String value : Fields.each(field, few(field, values), MOST_DNS_LINE)) {
            if (value.indexOf(' ') >= 0) {
                throw Fields.invalid(field, "must not have a space in it: \"" + value + "\"");
            }
        }
        return values;
    }

    private static List<String> few(String field, List<String> values) {
        if (values.size() > MOST_DNS_LINES) {
            throw Fields.invalid(
                    field, "has " + values.size() + " entries, and no more than " + MOST_DNS_LINES + " can be");
        }
        return values;
    }

    private static List<PortMapping> ports(List<Cri.PortMapping> ports) {
        List<PortMapping> parsed = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            String field = "config.port_mappings[" + i + "]";
            PortMapping port = port(field, ports.get(i));
            if (port.hostPort() != 0 && !taken.add(port.protocol() + " " + port.hostIp() + " " + port.hostPort())) {
                throw Fields.invalid(field + ".host_port", port.hostPort() + " is mapped twice");
            }
            parsed.add(port);
        }
        return parsed;
    }

    private static PortMapping port(String field, Cri.PortMapping port) {
        SandboxConfig.Protocol protocol = switch (port.getProtocol()) {
            case TCP -> SandboxConfig.Protocol.TCP;
            case UDP -> SandboxConfig.Protocol.UDP;
            case SCTP -> SandboxConfig.Protocol.SCTP;
            case UNRECOGNIZED -> throw Fields.unknown(field + ".protocol");
        };
        String hostIp = port.getHostIp();
        return new PortMapping(
                protocol,
                (int) Fields.range(field + ".container_port", port.getContainerPort(), 1, MOST_PORT),
                (int) Fields.range(field + ".host_port", port.getHostPort(), 0, MOST_PORT),
                hostIp.isEmpty() ? hostIp : Fields.address(field + ".host_ip", hostIp));
    }

    /** A path of cgroupfs, or a slice's name of systemd; the sandbox's plan refuses what does not fit the cgroup driver. */
    private static String cgroupParent(String value) {
        String field = "config.linux.cgroup_parent";
        if (value.isEmpty() || SLICE.matcher(value).matches()) {
            return Fields.line(field, value, MOST_NAME);
        }
        Fields.matching(field, value, CGROUP, "a path of letters, digits and \"-_.:@\", or a slice's name");
        return Fields.absolutePath(field, value);
    }
}
