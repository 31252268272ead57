package io.holdfast.it;

import io.holdfast.runtime.v1.Cri;
import java.util.List;
import java.util.function.Consumer;

/** The list calls, shortened to the ids they answer. */
final class Lists {
    private Lists() {}

    static Cri.ListPodSandboxRequest podRequest(Consumer<Cri.PodSandboxFilter.Builder> filter) {
        var request = Cri.ListPodSandboxRequest.newBuilder();
        filter.accept(request.getFilterBuilder());
        return request.build();
    }

    static List<String> pods(Node node, Consumer<Cri.PodSandboxFilter.Builder> filter) {
        return node.runtime().listPodSandbox(podRequest(filter)).getItemsList().stream()
                .map(Cri.PodSandbox::getId)
                .toList();
    }

    static Cri.ListContainersRequest containerRequest(Consumer<Cri.ContainerFilter.Builder> filter) {
        var request = Cri.ListContainersRequest.newBuilder();
        filter.accept(request.getFilterBuilder());
        return request.build();
    }

    static List<String> containers(Node node, Consumer<Cri.ContainerFilter.Builder> filter) {
        return node.runtime().listContainers(containerRequest(filter)).getContainersList().stream()
                .map(Cri.Container::getId)
                .toList();
    }

    static List<String> stats(Node node, Consumer<Cri.ContainerStatsFilter.Builder> filter) {
        var request = Cri.ListContainerStatsRequest.newBuilder();
        filter.accept(request.getFilterBuilder());
        return node.runtime().listContainerStats(request.build()).getStatsList().stream()
                .map(stats -> stats.getAttributes().getId())
                .toList();
    }
}
