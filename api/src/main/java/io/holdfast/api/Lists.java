package io.holdfast.api;

import io.holdfast.runtime.v1.Cri;
import java.util.List;

/** Puts rendered items into the replies that carry lists of them, or pieces of lists. */
final class Lists {
    private Lists() {}

    static Cri.ListPodSandboxResponse sandboxes(List<Cri.PodSandbox> items) {
        return Cri.ListPodSandboxResponse.newBuilder().addAllItems(items).build();
    }

    static Cri.StreamPodSandboxesResponse sandboxPiece(List<Cri.PodSandbox> items) {
        return Cri.StreamPodSandboxesResponse.newBuilder()
                .addAllPodSandboxes(items)
                .build();
    }

    static Cri.ListContainersResponse containers(List<Cri.Container> items) {
        return Cri.ListContainersResponse.newBuilder().addAllContainers(items).build();
    }

    static Cri.StreamContainersResponse containerPiece(List<Cri.Container> items) {
        return Cri.StreamContainersResponse.newBuilder().addAllContainers(items).build();
    }

    static Cri.ListContainerStatsResponse containerStats(List<Cri.ContainerStats> items) {
        return Cri.ListContainerStatsResponse.newBuilder().addAllStats(items).build();
    }

    static Cri.StreamContainerStatsResponse containerStatsPiece(List<Cri.ContainerStats> items) {
        return Cri.StreamContainerStatsResponse.newBuilder()
                .addAllContainerStats(items)
                .build();
    }

    static Cri.ListPodSandboxStatsResponse sandboxStats(List<Cri.PodSandboxStats> items) {
        return Cri.ListPodSandboxStatsResponse.newBuilder().addAllStats(items).build();
    }

    static Cri.StreamPodSandboxStatsResponse sandboxStatsPiece(List<Cri.PodSandboxStats> items) {
        return Cri.StreamPodSandboxStatsResponse.newBuilder()
                .addAllPodSandboxStats(items)
                .build();
    }

    static Cri.ListImagesResponse images(List<Cri.Image> items) {
        return Cri.ListImagesResponse.newBuilder().addAllImages(items).build();
    }

    static Cri.StreamImagesResponse imagePiece(List<Cri.Image> items) {
        return Cri.StreamImagesResponse.newBuilder().addAllImages(items).build();
    }

    static Cri.ContainerStatsResponse stats(Cri.ContainerStats stats) {
        return Cri.ContainerStatsResponse.newBuilder().setStats(stats).build();
    }

    static Cri.PodSandboxStatsResponse stats(Cri.PodSandboxStats stats) {
        return Cri.PodSandboxStatsResponse.newBuilder().setStats(stats).build();
    }
}
