package io.holdfast.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DaemonTest {
    @TempDir
    private Path directory;

    @Test
    void itTellsItsVersionAndWhatIsMissing() {
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            Cri.VersionResponse version = daemon.runtime().version(Cri.VersionRequest.getDefaultInstance());
            assertThat(version.getRuntimeName()).isEqualTo("holdfast");
            assertThat(version.getRuntimeApiVersion()).isEqualTo("v1");

            // A list answers once recovery is over, and so does the condition.
            assertThat(daemon.runtime()
                            .listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance())
                            .getItemsList())
                    .isEmpty();
            Cri.StatusResponse status = daemon.runtime()
                    .status(Cri.StatusRequest.newBuilder().setVerbose(true).build());
            assertThat(status.getStatus().getConditionsList())
                    .extracting(Cri.RuntimeCondition::getType, Cri.RuntimeCondition::getStatus)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("RuntimeReady", true),
                            org.assertj.core.groups.Tuple.tuple("NetworkReady", false));
            assertThat(status.getStatus().getConditions(1).getMessage())
                    .contains(directory.resolve("net.d").toString());
            assertThat(status.getRuntimeHandlersList())
                    .extracting(Cri.RuntimeHandler::getName)
                    .contains("", "runc");
            assertThat(status.getFeatures().getSupplementalGroupsPolicy()).isTrue();
            assertThat(status.getInfoMap()).containsKeys("config", "runtimes");
        }
    }

    @Test
    void withoutAProgramThatContainersTakeItIsNotReadyAndSaysWhy() {
        Config config = RunningDaemon.config(directory, "conmon = \"/no/conmon\"");
        try (RunningDaemon daemon = RunningDaemon.of(config)) {
            daemon.runtime().listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance());
            Cri.RuntimeCondition condition = daemon.runtime()
                    .status(Cri.StatusRequest.getDefaultInstance())
                    .getStatus()
                    .getConditions(0);
            assertThat(condition.getType()).isEqualTo("RuntimeReady");
            assertThat(condition.getStatus()).isFalse();
            assertThat(condition.getReason()).isNotEmpty();
            assertThat(condition.getMessage()).startsWith("/no/conmon is no program");
        }
    }

    @Test
    void whatIsNotThereIsStoppedAndRemovedButHasNoStatus() {
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            var runtime = daemon.runtime();
            runtime.stopPodSandbox(Cri.StopPodSandboxRequest.newBuilder()
                    .setPodSandboxId("none")
                    .build());
            runtime.removePodSandbox(Cri.RemovePodSandboxRequest.newBuilder()
                    .setPodSandboxId("none")
                    .build());
            runtime.stopContainer(
                    Cri.StopContainerRequest.newBuilder().setContainerId("none").build());
            runtime.removeContainer(Cri.RemoveContainerRequest.newBuilder()
                    .setContainerId("none")
                    .build());
            assertThatThrownBy(() -> runtime.containerStatus(Cri.ContainerStatusRequest.newBuilder()
                            .setContainerId("none")
                            .build()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            thrown -> assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
        }
    }

    @Test
    void anEmptyIdIsNoPrefixOfAll() {
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            assertThatThrownBy(() -> daemon.runtime().stopPodSandbox(Cri.StopPodSandboxRequest.getDefaultInstance()))
                    .hasMessageContaining("INVALID_ARGUMENT: pod_sandbox_id: is missing");
        }
    }

    @Test
    void whatComesLaterSaysSo() {
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            assertThatThrownBy(() -> daemon.runtime().exec(Cri.ExecRequest.getDefaultInstance()))
                    .hasMessage("UNIMPLEMENTED: streaming an exec is not part of this version of Holdfast");
        }
    }

    /** Where recovery could not read because of the stop, it has to be told from one that cannot read, which ends this process. */
    @Test
    void aStopMayComeWhileRecoveryGoesOn() {
        for (int i = 0; i < 20; i++) {
            Daemon.start(RunningDaemon.config(directory), Failpoints.none(), Map.of())
                    .close();
        }
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            assertThat(daemon.runtime()
                            .listContainers(Cri.ListContainersRequest.getDefaultInstance())
                            .getContainersList())
                    .isEmpty();
        }
    }

    @Test
    void aSecondDaemonOnTheSameDirectoriesIsRefused() {
        try (RunningDaemon _ = RunningDaemon.in(directory)) {
            assertThatThrownBy(() -> RunningDaemon.in(directory))
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("another holdfastd is at work on " + directory.resolve("root"));
        }
    }

    @Test
    void aSocketThatADeadDaemonLeftIsReplaced() throws IOException {
        Path socket = RunningDaemon.config(directory).socket();
        Files.createDirectories(socket.getParent());
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();

        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            daemon.runtime().version(Cri.VersionRequest.getDefaultInstance());
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketThatSomebodyListensOnIsTheirs() throws IOException {
        Path socket = RunningDaemon.config(directory).socket();
        Files.createDirectories(socket.getParent());
        try (ServerSocketChannel alive = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            alive.bind(UnixDomainSocketAddress.of(socket));
            assertThatThrownBy(() -> RunningDaemon.in(directory))
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("listens on " + socket);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsNoSocketIsNotReplaced(boolean isLink) throws IOException {
        Path socket = RunningDaemon.config(directory).socket();
        Files.createDirectories(socket.getParent());
        Path file = Files.writeString(directory.resolve("precious"), "precious");
        if (isLink) {
            Files.createSymbolicLink(socket, file);
        } else {
            Files.move(file, socket);
        }
        assertThatThrownBy(() -> RunningDaemon.in(directory))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining(socket + " is there and is no socket");
        assertThat(socket).hasContent("precious");
    }

    @Test
    void aDirectoryThatIsThereKeepsItsMode() throws IOException {
        Path state = Files.createDirectory(directory.resolve("state"));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (RunningDaemon _ = RunningDaemon.in(directory)) {
            assertThat(mode(state)).isEqualTo("rwxr-xr-x");
        }
    }

    @ParameterizedTest
    @CsvSource({"0,rwxrwxrwx", "0,rwxrwxr-x", "0,rwx---rwx", "1234,rwx------"})
    void aDirectoryThatOthersCanWriteIntoIsRefused(int owner, String mode) throws IOException {
        Path root = Files.createDirectory(directory.resolve("root"));
        Files.setAttribute(root, "unix:uid", owner);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> RunningDaemon.in(directory))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith(root + " is of user " + owner + " with mode " + mode);
    }

    @Test
    void nobodyButRootLooksInside() throws IOException {
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            assertThat(mode(daemon.socket())).isEqualTo("rw-rw----");
            assertThat(mode(directory.resolve("root"))).isEqualTo("rwx--x--x");
            assertThat(mode(directory.resolve("state"))).isEqualTo("rwx--x--x");
            assertThat(mode(directory.resolve("root/holdfast.db"))).isEqualTo("rw-------");
        }
    }

    @Test
    void theServiceManagerHearsOfTheStartAndTheStop() throws Exception {
        Path socket = directory.resolve("notify.sock");
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            new Bootstrap()
                    .group(loops)
                    .channel(EpollDomainDatagramChannel.class)
                    .handler(new Hearing(heard))
                    .bind(new DomainSocketAddress(socket.toFile()))
                    .sync();
            try (RunningDaemon _ = RunningDaemon.in(directory, Map.of("NOTIFY_SOCKET", socket.toString()))) {
                assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("READY=1");
            }
            assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("STOPPING=1");
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static final class Hearing extends SimpleChannelInboundHandler<DomainDatagramPacket> {
        private final BlockingQueue<String> heard;

        Hearing(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
            heard.add(packet.content().toString(StandardCharsets.UTF_8));
        }
    }
}
