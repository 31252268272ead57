package io.holdfast.cli;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.ImageServiceGrpc;
import io.holdfast.runtime.v1.RuntimeServiceGrpc;
import io.holdfast.work.Failure;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** The daemon's pods and containers as a person names them: a pod by its name or the beginning of its id. */
final class Pods {
    private static final int SHORT_ID = 12;

    private final RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime;
    private final ImageServiceGrpc.ImageServiceBlockingStub images;

    Pods(Connection daemon) {
        this.runtime = RuntimeServiceGrpc.newBlockingStub(daemon.channel());
        this.images = ImageServiceGrpc.newBlockingStub(daemon.channel());
    }

    static String shortId(String id) {
        return id.substring(0, Math.min(id.length(), SHORT_ID));
    }

    RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime() {
        return runtime;
    }

    List<Cri.PodSandbox> list() {
        return runtime.listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance())
                .getItemsList();
    }

    /** Oldest first. */
    List<Cri.Container> containersOf(String podId) {
        var filter = Cri.ContainerFilter.newBuilder().setPodSandboxId(podId);
        return runtime
                .listContainers(
                        Cri.ListContainersRequest.newBuilder().setFilter(filter).build())
                .getContainersList()
                .stream()
                .sorted(Comparator.comparing(Cri.Container::getCreatedAt))
                .toList();
    }

    Cri.PodSandbox pod(String name) {
        return one(
                list(), "pod", name, pod -> pod.getMetadata().getName().equals(name) || startsWith(pod.getId(), name));
    }

    /** The container named as {@code POD/CONTAINER}, or as {@code POD} where the pod has just one. */
    Cri.Container container(String name) {
        int slash = name.indexOf('/');
        Cri.PodSandbox pod = pod(slash < 0 ? name : name.substring(0, slash));
        String wanted = slash < 0 ? "" : name.substring(slash + 1);
        return one(
                containersOf(pod.getId()),
                "container",
                name,
                container -> slash < 0
                        || container.getMetadata().getName().equals(wanted)
                        || startsWith(container.getId(), wanted));
    }

    /** Pulls the image unless the node has it. */
    void requireImage(String reference) {
        var image = Cri.ImageSpec.newBuilder().setImage(reference).build();
        var status = images.imageStatus(
                Cri.ImageStatusRequest.newBuilder().setImage(image).build());
        if (!status.hasImage()) {
            images.pullImage(Cri.PullImageRequest.newBuilder().setImage(image).build());
        }
    }

    private static boolean startsWith(String id, String beginning) {
        return !beginning.isEmpty() && id.startsWith(beginning);
    }

    private static <T> T one(List<T> all, String kind, String name, Predicate<T> wanted) {
        List<T> found = all.stream().filter(wanted).toList();
        return switch (found.size()) {
            case 1 -> found.getFirst();
            case 0 -> throw new Failure.NotFound(kind + " " + name + ": there is none; holdfast ps lists all");
            default ->
                throw new Failure.Invalid(
                        kind + " " + name + ": there are " + found.size() + "; holdfast ps lists them with their ids");
        };
    }
}
