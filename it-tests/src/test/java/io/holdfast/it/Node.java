package io.holdfast.it;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.ContainerConfig;
import io.holdfast.runtime.v1.Cri.NamespaceMode;
import io.holdfast.runtime.v1.Cri.PodSandboxConfig;
import io.holdfast.runtime.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import io.holdfast.runtime.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The runtime under test as one test sees it. Acts as a kubelet does: gives every pod a log directory and a parent cgroup,
 * pulls images that are missing, and on close stops and removes every pod of the test and its parent cgroup.
 */
public final class Node implements AutoCloseable {
    private final Rig rig;
    private final Endpoint endpoint;
    private final List<PodSandboxConfig> asked;

    public Node(Rig rig) {
        this(rig, rig.endpoint());
    }

    public Node(Rig rig, Endpoint endpoint) {
        this(rig, endpoint, new CopyOnWriteArrayList<>());
    }

    /** A node that answers for the pods of the list as well, which may have been asked for over an earlier connection. */
    Node(Rig rig, Endpoint endpoint, List<PodSandboxConfig> asked) {
        this.rig = rig;
        this.endpoint = endpoint;
        this.asked = asked;
    }

    public RuntimeServiceBlockingStub runtime() {
        return endpoint.runtime();
    }

    public ImageServiceBlockingStub images() {
        return endpoint.images();
    }

    /** The runtime handler that pods ask for. */
    public String handler() {
        return rig.handler();
    }

    /** The reference under which a {@code repository:tag} of {@link TestImages} is pulled. */
    public String reference(String name) {
        return rig.registry().host() + "/" + name;
    }

    /** A fresh directory on this machine that goes away with the suite. */
    public Path directory() {
        return rig.directory();
    }

    /** Notes an id whose traces must be gone when the class of tests has ended. */
    public void remember(String id) {
        rig.remember(id);
    }

    /** The configuration of a pod with a name of its own, but for what {@code change} says otherwise. */
    public PodSandboxConfig podConfig(Consumer<PodSandboxConfig.Builder> change) {
        var uid = UUID.randomUUID().toString();
        var config = PodSandboxConfig.newBuilder()
                .setHostname("it-" + uid.substring(0, 8))
                .setLogDirectory(rig.scratch().directory("logs", uid).toString());
        config.getMetadataBuilder()
                .setName("pod-" + uid.substring(0, 8))
                .setNamespace("it")
                .setUid(uid);
        config.getLinuxBuilder()
                .setCgroupParent(rig.scratch().podCgroup(uid))
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setPid(NamespaceMode.CONTAINER);
        change.accept(config);
        return config.build();
    }

    public TestPod pod() {
        return pod(_ -> {});
    }

    /** Runs a pod sandbox. */
    public TestPod pod(Consumer<PodSandboxConfig.Builder> change) {
        return pod(podConfig(change));
    }

    public TestPod pod(PodSandboxConfig config) {
        return pod(config, rig.handler());
    }

    public TestPod pod(PodSandboxConfig config, String handler) {
        asked.add(config);
        var reply = runtime()
                .runPodSandbox(Cri.RunPodSandboxRequest.newBuilder()
                        .setConfig(config)
                        .setRuntimeHandler(handler)
                        .build());
        rig.remember(reply.getPodSandboxId());
        return new TestPod(this, reply.getPodSandboxId(), config);
    }

    /** The configuration of a container of busybox that sleeps, but for what {@code change} says otherwise. */
    public ContainerConfig containerConfig(Consumer<ContainerConfig.Builder> change) {
        var name = "c-" + UUID.randomUUID().toString().substring(0, 8);
        var config = ContainerConfig.newBuilder().setLogPath(name + ".log");
        config.getMetadataBuilder().setName(name);
        config.getImageBuilder().setImage(reference(TestImages.BUSYBOX));
        // The enumeration's zero is the pod's shared namespace, which a kubelet asks for only where a pod wants it.
        config.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setPid(NamespaceMode.CONTAINER);
        config.addCommand("sleep").addArgs("3600");
        change.accept(config);
        return config.build();
    }

    /** Makes a container's first process a shell that runs this script. */
    public static Consumer<ContainerConfig.Builder> script(String script) {
        return config -> config.clearCommand()
                .clearArgs()
                .addCommand("sh")
                .addCommand("-c")
                .addCommand(script);
    }

    /** Pulls an image unless it is there; answers its id. */
    public String present(String reference) {
        var there = imageStatus(reference);
        return there.hasImage() ? there.getImage().getId() : pull(reference);
    }

    public String pull(String reference) {
        return images().pullImage(Cri.PullImageRequest.newBuilder()
                        .setImage(spec(reference))
                        .build())
                .getImageRef();
    }

    public Cri.ImageStatusResponse imageStatus(String reference) {
        return images().imageStatus(Cri.ImageStatusRequest.newBuilder()
                .setImage(spec(reference))
                .build());
    }

    public void removeImage(String reference) {
        images().removeImage(Cri.RemoveImageRequest.newBuilder()
                .setImage(spec(reference))
                .build());
    }

    public static Cri.ImageSpec spec(String reference) {
        return Cri.ImageSpec.newBuilder().setImage(reference).build();
    }

    /** Runs a call that must be refused and answers the status it was refused with. */
    public static Status refusal(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
        throw new AssertionError("the call succeeded, but it was to be refused");
    }

    @Override
    public void close() {
        var uids = asked.stream().map(config -> config.getMetadata().getUid()).toList();
        for (var pod : runtime()
                .listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance())
                .getItemsList()) {
            if (uids.contains(pod.getMetadata().getUid())) {
                rig.remember(pod.getId());
                var left = new TestPod(this, pod.getId(), PodSandboxConfig.getDefaultInstance());
                left.stop();
                left.remove();
            }
        }
        asked.forEach(config -> rig.scratch().removeCgroup(config.getLinux().getCgroupParent()));
    }
}
