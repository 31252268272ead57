package io.holdfast.api;

import io.holdfast.sandbox.SandboxConfig.Namespaces;
import io.holdfast.sandbox.SandboxConfig.Scope;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Sysctls of a pod: only such as belong to a namespace that the pod has for itself. Any other would be the node's, and a
 * pod on the host's network or IPC would set the node's.
 */
final class Sysctls {
    private static final int MOST = 1024;
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]+([./][A-Za-z0-9_-]+)+");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9 \t._:/,-]*");
    private static final String VALUE_FORM = "letters, digits, spaces and \"._:/,-\"";
    private static final Set<String> IPC = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private Sysctls() {}

    static Map<String, String> parse(String field, Map<String, String> sysctls, Namespaces namespaces) {
        sysctls.forEach((name, value) -> check(field, name, value, namespaces));
        return Map.copyOf(sysctls);
    }

    private static void check(String field, String name, String value, Namespaces namespaces) {
        Fields.line(field + " name", name, MOST);
        String own = field + "[" + name + "]";
        Fields.matching(own, name, NAME, "a sysctl's name");
        String dotted = name.replace('/', '.');
        if (value.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MOST
                || !VALUE.matcher(value).matches()) {
            throw Fields.invalid(own, "its value must be no more than " + MOST + " " + VALUE_FORM);
        }
        if (IPC.contains(dotted) || dotted.startsWith("fs.mqueue.")) {
            owned(own, namespaces.ipc(), "IPC");
        } else if (dotted.startsWith("net.")) {
            owned(own, namespaces.network(), "network");
        } else {
            throw Fields.invalid(own, "belongs to no namespace of the pod: it would be the node's");
        }
    }

    private static void owned(String field, Scope scope, String namespace) {
        if (scope != Scope.POD) {
            throw Fields.invalid(
                    field, "the pod is in the node's " + namespace + " namespace, and it would be the node's");
        }
    }
}
