package io.holdfast.cni;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A sandbox's side of an attachment.
 *
 * @param containerId by which plugins know the sandbox
 * @param netns the path at which its network namespace is pinned
 * @param ifname the name its interface gets there
 * @param arguments the pairs of CNI_ARGS, for instance {@link #kubernetes}
 */
public record AttachRequest(
        String containerId, String netns, String ifname, Map<String, String> arguments, Capabilities capabilities) {
    private static final String INTERFACE = "eth0";

    /** The interface eth0 of a Kubernetes pod. */
    public static AttachRequest ofPod(String containerId, String netns, Map<String, String> arguments, Capabilities c) {
        return new AttachRequest(containerId, netns, INTERFACE, arguments, c);
    }

    /** The arguments by which plugins learn which pod a sandbox belongs to. */
    public static Map<String, String> kubernetes(String namespace, String name, String uid, String sandboxId) {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("IgnoreUnknown", "1");
        arguments.put("K8S_POD_NAMESPACE", namespace);
        arguments.put("K8S_POD_NAME", name);
        arguments.put("K8S_POD_INFRA_CONTAINER_ID", sandboxId);
        arguments.put("K8S_POD_UID", uid);
        return arguments;
    }
}
