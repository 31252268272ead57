package io.holdfast.sandbox;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.holdfast.container.Security;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a sandbox is to be, parsed from CRI's PodSandboxConfig. Persisted as a part of the sandbox's record.
 *
 * @param hostname the pod's host name; empty for the host's own
 * @param logDirectory where the pod's containers log, absolute on the host; empty for nowhere
 * @param cgroupParent the pod's cgroup, made by the kubelet; empty for one of ours
 * @param sysctls only such as the pod owns the namespace of
 */
@JsonIgnoreProperties({"overhead", "resources"}) // Records of before have them; nothing ever read them.
public record SandboxConfig(
        PodMetadata metadata,
        String hostname,
        String logDirectory,
        Dns dns,
        List<PortMapping> ports,
        Map<String, String> labels,
        Map<String, String> annotations,
        String cgroupParent,
        Map<String, String> sysctls,
        Namespaces namespaces,
        SandboxSecurity security) {
    public SandboxConfig {
        ports = List.copyOf(ports);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        sysctls = Map.copyOf(sysctls);
    }

    /** Which pod this is; the four together are unique among sandboxes that are ready. */
    public record PodMetadata(String name, String uid, String namespace, long attempt) {
        /** The sandbox's name: what a retry of the same request has in common with the first. */
        public String key() {
            return namespace + "/" + name + "/" + uid + "/" + attempt;
        }

        boolean isSamePod(PodMetadata other) {
            return namespace.equals(other.namespace) && name.equals(other.name) && uid.equals(other.uid);
        }
    }

    /** Lines of resolv.conf; all empty for the host's. */
    public record Dns(List<String> servers, List<String> searches, List<String> options) {
        public Dns {
            servers = List.copyOf(servers);
            searches = List.copyOf(searches);
            options = List.copyOf(options);
        }

        public boolean isEmpty() {
            return servers.isEmpty() && searches.isEmpty() && options.isEmpty();
        }
    }

    /** Transport protocols that a port can be mapped for. */
    public enum Protocol {
        TCP,
        UDP,
        SCTP
    }

    /** A port of the pod, reachable under one of the host's where that is not 0. */
    public record PortMapping(Protocol protocol, int containerPort, int hostPort, String hostIp) {}

    /** Whose namespace it is: the pod's, each container's own, or the node's. */
    public enum Scope {
        POD,
        CONTAINER,
        NODE
    }

    /** The namespaces of the pod. Network and IPC are the pod's or the node's. */
    public record Namespaces(Scope network, Scope pid, Scope ipc) {
        public boolean hostNetwork() {
            return network == Scope.NODE;
        }
    }

    /** CRI's LinuxSandboxSecurityContext, as far as it has a meaning for the pause process. */
    @JsonIgnoreProperties({"readonlyRootfs", "seccomp"}) // As above.
    public record SandboxSecurity(boolean privileged, Optional<Security.SelinuxLabel> selinux) {}
}
