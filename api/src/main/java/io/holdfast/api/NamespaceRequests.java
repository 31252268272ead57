package io.holdfast.api;

import io.holdfast.container.Security.PidNamespace;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.SandboxConfig.Namespaces;
import io.holdfast.sandbox.SandboxConfig.Scope;

/** Parses a NamespaceOption, which means one thing on a sandbox and another on a container. */
final class NamespaceRequests {
    private NamespaceRequests() {}

    static Namespaces sandbox(String field, Cri.NamespaceOption options) {
        refuseUserNamespace(field, options);
        if (!options.getTargetId().isEmpty()) {
            throw Fields.invalid(field + ".target_id", "is for containers only");
        }
        return new Namespaces(
                podOrNode(field + ".network", options.getNetwork()),
                pid(field + ".pid", options.getPid()),
                podOrNode(field + ".ipc", options.getIpc()));
    }

    /** Network and IPC are those of the container's sandbox, which decided them for all. */
    static PidNamespace container(String field, Cri.NamespaceOption options) {
        refuseUserNamespace(field, options);
        return switch (options.getPid()) {
            case POD -> new PidNamespace.Pod();
            case CONTAINER -> new PidNamespace.Container();
            case NODE -> new PidNamespace.Node();
            case TARGET -> new PidNamespace.Target(Fields.id(field + ".target_id", options.getTargetId()));
            case UNRECOGNIZED -> throw Fields.unknown(field + ".pid");
        };
    }

    private static Scope podOrNode(String field, Cri.NamespaceMode mode) {
        return switch (mode) {
            case POD -> Scope.POD;
            case NODE -> Scope.NODE;
            case CONTAINER, TARGET -> throw Fields.invalid(field, "must be POD or NODE for a sandbox");
            case UNRECOGNIZED -> throw Fields.unknown(field);
        };
    }

    private static Scope pid(String field, Cri.NamespaceMode mode) {
        return switch (mode) {
            case POD -> Scope.POD;
            case CONTAINER -> Scope.CONTAINER;
            case NODE -> Scope.NODE;
            case TARGET -> throw Fields.invalid(field, "must be POD, CONTAINER or NODE for a sandbox");
            case UNRECOGNIZED -> throw Fields.unknown(field);
        };
    }

    private static void refuseUserNamespace(String field, Cri.NamespaceOption options) {
        Cri.UserNamespace user = options.getUsernsOptions();
        boolean asked = options.hasUsernsOptions()
                && (user.getMode() != Cri.NamespaceMode.NODE || user.getUidsCount() + user.getGidsCount() > 0);
        Fields.unsupported(
                field + ".userns_options",
                asked,
                "no runtime handler of this node has user namespaces (see Status); set hostUsers: true on the pod");
    }
}
