package io.holdfast.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.RuntimeServiceGrpc;
import io.holdfast.v1.AdminGrpc;
import io.holdfast.v1.AdminWire;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryGateTest {
    private final RecoveryGate gate = new RecoveryGate();
    private final Transport transport = Transport.best();
    private final EventLoopGroup loops = transport.loops();

    private Endpoint endpoint;
    private ManagedChannel channel;

    @BeforeEach
    void serve(@TempDir Path directory) {
        Config config = RunningDaemon.config(directory);
        endpoint = Endpoint.open(config, List.of(new Runtime(), new Admin()), List.of(gate));
        channel = NettyChannelBuilder.forAddress(
                        new DomainSocketAddress(config.socket().toFile()))
                .channelType(transport.client())
                .eventLoopGroup(loops)
                .usePlaintext()
                .build();
    }

    @AfterEach
    void end() {
        channel.shutdownNow();
        endpoint.close();
        loops.shutdownGracefully();
    }

    @Test
    void theNodeAnswersForItselfBeforeRecoveryIsOver() {
        assertThat(runtime(5_000).version(Cri.VersionRequest.getDefaultInstance()))
                .isNotNull();
    }

    @Test
    void nobodyIsToldThatNothingIsThereBeforeRecoveryIsOver() {
        // Whether the gate or the deadline ends them, no list comes.
        assertThatThrownBy(() -> runtime(300).listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class);
        assertThatThrownBy(() -> admin(300).holds(AdminWire.HoldsRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void whoAskedBeforeRecoveryWasOverIsAnsweredThen() {
        var list = CompletableFuture.supplyAsync(
                () -> runtime(10_000).listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance()));
        var holds =
                CompletableFuture.supplyAsync(() -> admin(10_000).holds(AdminWire.HoldsRequest.getDefaultInstance()));
        gate.open();
        assertThat(list.join().getItemsList()).isEmpty();
        assertThat(holds.join().getHoldersList()).isEmpty();
    }

    private RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime(long millis) {
        return RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
    }

    private AdminGrpc.AdminBlockingStub admin(long millis) {
        return AdminGrpc.newBlockingStub(channel).withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
    }

    private static final class Runtime extends RuntimeServiceGrpc.RuntimeServiceImplBase {
        @Override
        public void version(Cri.VersionRequest request, StreamObserver<Cri.VersionResponse> reply) {
            reply.onNext(Cri.VersionResponse.getDefaultInstance());
            reply.onCompleted();
        }

        @Override
        public void listPodSandbox(
                Cri.ListPodSandboxRequest request, StreamObserver<Cri.ListPodSandboxResponse> reply) {
            reply.onNext(Cri.ListPodSandboxResponse.getDefaultInstance());
            reply.onCompleted();
        }
    }

    private static final class Admin extends AdminGrpc.AdminImplBase {
        @Override
        public void holds(AdminWire.HoldsRequest request, StreamObserver<AdminWire.HoldsResponse> reply) {
            reply.onNext(AdminWire.HoldsResponse.getDefaultInstance());
            reply.onCompleted();
        }
    }
}
