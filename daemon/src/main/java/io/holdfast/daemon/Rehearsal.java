package io.holdfast.daemon;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.ImageServiceGrpc;
import io.holdfast.runtime.v1.RuntimeServiceGrpc;
import io.holdfast.v1.AdminGrpc;
import io.holdfast.v1.AdminWire;
import io.holdfast.work.Failpoints;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A run of the daemon for the build, which records what classes it needs: every call that can be made without root,
 * without a network and without leaving anything behind. Most of them are refused, after the way they take anyway.
 */
final class Rehearsal {
    private static final String NOBODY = "0".repeat(64);
    private static final String NOWHERE = "127.0.0.1:1/rehearsal:1";
    private static final int ROUNDS = 3;

    private Rehearsal() {}

    /** The argument is a directory to work in. */
    public static void main(String[] arguments) throws InterruptedException {
        Path work = Path.of(arguments[0]);
        Config config = ConfigFile.parse("rehearsal", """
            root = "%1$s/root"
            state = "%1$s/state"
            socket = "%1$s/holdfast.sock"
            cgroup_driver = "cgroupfs"
            [runtimes.rehearsal]
            path = "/bin/true"
            [cni]
            conf_dir = "%1$s/net.d"
            [sandbox]
            pause_binary = "/bin/true"
            """.formatted(work));
        Logging.begin(Config.Level.DEBUG);
        try (Daemon _ = Daemon.start(config, Failpoints.none(), Map.of())) {
            converse(config.socket());
        }
    }

    private static void converse(Path socket) throws InterruptedException {
        Transport transport = Transport.best();
        EventLoopGroup loops = transport.loops();
        ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(transport.client())
                .eventLoopGroup(loops)
                .usePlaintext()
                .build();
        for (int round = 0; round < ROUNDS; round++) {
            node(RuntimeServiceGrpc.newBlockingStub(channel));
            pod(RuntimeServiceGrpc.newBlockingStub(channel));
            images(ImageServiceGrpc.newBlockingStub(channel));
            tried(() -> AdminGrpc.newBlockingStub(channel).holds(AdminWire.HoldsRequest.getDefaultInstance()));
        }
        channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
        loops.shutdownGracefully();
    }

    private static void node(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime) {
        tried(() -> runtime.version(Cri.VersionRequest.getDefaultInstance()));
        tried(() ->
                runtime.status(Cri.StatusRequest.newBuilder().setVerbose(true).build()));
        tried(() -> runtime.runtimeConfig(Cri.RuntimeConfigRequest.getDefaultInstance()));
        tried(() -> runtime.listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance()));
        tried(() -> runtime.listContainers(Cri.ListContainersRequest.getDefaultInstance()));
        tried(() -> runtime.listContainerStats(Cri.ListContainerStatsRequest.getDefaultInstance()));
        tried(() -> runtime.listPodSandboxStats(Cri.ListPodSandboxStatsRequest.getDefaultInstance()));
    }

    private static void pod(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime) {
        tried(() -> runtime.runPodSandbox(
                Cri.RunPodSandboxRequest.newBuilder().setConfig(sandbox()).build()));
        tried(() -> runtime.createContainer(Cri.CreateContainerRequest.newBuilder()
                .setPodSandboxId(NOBODY)
                .setConfig(container())
                .build()));
        tried(() -> runtime.startContainer(
                Cri.StartContainerRequest.newBuilder().setContainerId(NOBODY).build()));
        tried(() -> runtime.execSync(Cri.ExecSyncRequest.newBuilder()
                .setContainerId(NOBODY)
                .addCmd("true")
                .build()));
        tried(() -> runtime.stopContainer(
                Cri.StopContainerRequest.newBuilder().setContainerId(NOBODY).build()));
        tried(() -> runtime.containerStatus(
                Cri.ContainerStatusRequest.newBuilder().setContainerId(NOBODY).build()));
        tried(() -> runtime.removeContainer(
                Cri.RemoveContainerRequest.newBuilder().setContainerId(NOBODY).build()));
        tried(() -> runtime.podSandboxStatus(
                Cri.PodSandboxStatusRequest.newBuilder().setPodSandboxId(NOBODY).build()));
        tried(() -> runtime.stopPodSandbox(
                Cri.StopPodSandboxRequest.newBuilder().setPodSandboxId(NOBODY).build()));
        tried(() -> runtime.removePodSandbox(
                Cri.RemovePodSandboxRequest.newBuilder().setPodSandboxId(NOBODY).build()));
    }

    private static void images(ImageServiceGrpc.ImageServiceBlockingStub images) {
        Cri.ImageSpec image = Cri.ImageSpec.newBuilder().setImage(NOWHERE).build();
        tried(() -> images.pullImage(
                Cri.PullImageRequest.newBuilder().setImage(image).build()));
        tried(() -> images.imageStatus(
                Cri.ImageStatusRequest.newBuilder().setImage(image).build()));
        tried(() -> images.listImages(Cri.ListImagesRequest.getDefaultInstance()));
        tried(() -> images.imageFsInfo(Cri.ImageFsInfoRequest.getDefaultInstance()));
        tried(() -> images.removeImage(
                Cri.RemoveImageRequest.newBuilder().setImage(image).build()));
    }

    /** In a cgroup that nobody makes, on the host's network: the runtime, which is none, makes nothing of it. */
    private static Cri.PodSandboxConfig.Builder sandbox() {
        Cri.NamespaceOption.Builder host = Cri.NamespaceOption.newBuilder()
                .setNetwork(Cri.NamespaceMode.NODE)
                .setIpc(Cri.NamespaceMode.NODE);
        return Cri.PodSandboxConfig.newBuilder()
                .setMetadata(Cri.PodSandboxMetadata.newBuilder()
                        .setName("rehearsal")
                        .setUid("rehearsal")
                        .setNamespace("rehearsal"))
                .setLinux(Cri.LinuxPodSandboxConfig.newBuilder()
                        .setCgroupParent("/holdfast-rehearsal")
                        .setSecurityContext(
                                Cri.LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(host)));
    }

    private static Cri.ContainerConfig.Builder container() {
        return Cri.ContainerConfig.newBuilder()
                .setMetadata(Cri.ContainerMetadata.newBuilder().setName("rehearsal"))
                .setImage(Cri.ImageSpec.newBuilder().setImage(NOWHERE));
    }

    private static void tried(Supplier<?> call) {
        try {
            call.get();
        } catch (StatusRuntimeException refused) {
            System.err.println("refused, as it has to be: " + refused.getMessage());
        }
    }
}
