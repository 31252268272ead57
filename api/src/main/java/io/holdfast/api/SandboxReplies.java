package io.holdfast.api;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.SandboxConfig;
import io.holdfast.sandbox.SandboxState;
import java.util.List;

/** Renders sandboxes. */
final class SandboxReplies {
    private SandboxReplies() {}

    static Cri.PodSandbox listed(Sandbox sandbox) {
        return Cri.PodSandbox.newBuilder()
                .setId(sandbox.id())
                .setMetadata(metadata(sandbox.config().metadata()))
                .setState(state(sandbox.state()))
                .setCreatedAt(Times.nanos(sandbox.createdAt()))
                .putAllLabels(sandbox.config().labels())
                .putAllAnnotations(sandbox.config().annotations())
                .setRuntimeHandler(sandbox.requestedHandler())
                .build();
    }

    static Cri.PodSandboxStatus status(Sandbox sandbox) {
        return Cri.PodSandboxStatus.newBuilder()
                .setId(sandbox.id())
                .setMetadata(metadata(sandbox.config().metadata()))
                .setState(state(sandbox.state()))
                .setCreatedAt(Times.nanos(sandbox.createdAt()))
                .setNetwork(network(sandbox.state()))
                .setLinux(Cri.LinuxPodSandboxStatus.newBuilder()
                        .setNamespaces(Cri.Namespace.newBuilder()
                                .setOptions(namespaces(sandbox.config().namespaces()))))
                .putAllLabels(sandbox.config().labels())
                .putAllAnnotations(sandbox.config().annotations())
                .setRuntimeHandler(sandbox.requestedHandler())
                .build();
    }

    static Cri.PodSandboxState state(SandboxState state) {
        return switch (state) {
            case SandboxState.Ready _ -> Cri.PodSandboxState.SANDBOX_READY;
            case SandboxState.Assembling _, SandboxState.NotReady _, SandboxState.Undoing _ ->
                Cri.PodSandboxState.SANDBOX_NOTREADY;
        };
    }

    static Cri.PodSandboxMetadata metadata(SandboxConfig.PodMetadata metadata) {
        return Cri.PodSandboxMetadata.newBuilder()
                .setName(metadata.name())
                .setUid(metadata.uid())
                .setNamespace(metadata.namespace())
                .setAttempt((int) metadata.attempt())
                .build();
    }

    private static Cri.PodSandboxNetworkStatus network(SandboxState state) {
        List<String> ips = switch (state) {
            case SandboxState.Ready ready -> ready.ips();
            case SandboxState.Assembling _, SandboxState.NotReady _, SandboxState.Undoing _ -> List.of();
        };
        Cri.PodSandboxNetworkStatus.Builder network = Cri.PodSandboxNetworkStatus.newBuilder();
        ips.stream().findFirst().ifPresent(network::setIp);
        ips.stream()
                .skip(1)
                .forEach(ip -> network.addAdditionalIps(Cri.PodIP.newBuilder().setIp(ip)));
        return network.build();
    }

    private static Cri.NamespaceOption namespaces(SandboxConfig.Namespaces namespaces) {
        return Cri.NamespaceOption.newBuilder()
                .setNetwork(mode(namespaces.network()))
                .setPid(mode(namespaces.pid()))
                .setIpc(mode(namespaces.ipc()))
                .build();
    }

    private static Cri.NamespaceMode mode(SandboxConfig.Scope scope) {
        return switch (scope) {
            case POD -> Cri.NamespaceMode.POD;
            case CONTAINER -> Cri.NamespaceMode.CONTAINER;
            case NODE -> Cri.NamespaceMode.NODE;
        };
    }
}
