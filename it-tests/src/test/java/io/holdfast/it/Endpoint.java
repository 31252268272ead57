package io.holdfast.it;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.holdfast.runtime.v1.ImageServiceGrpc;
import io.holdfast.runtime.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import io.holdfast.runtime.v1.RuntimeServiceGrpc;
import io.holdfast.runtime.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.holdfast.v1.AdminGrpc;
import io.holdfast.v1.AdminGrpc.AdminBlockingStub;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One gRPC connection to a CRI socket. */
public final class Endpoint implements AutoCloseable {
    /** No call of the suite may take longer, whatever it asks for. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** What a kubelet takes. */
    private static final int LARGEST_REPLY = 16 << 20;

    private final Path socket;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ManagedChannel channel;

    public Endpoint(Path socket) {
        this.socket = socket;
        this.channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .eventLoopGroup(loop)
                .channelType(EpollDomainSocketChannel.class)
                .maxInboundMessageSize(LARGEST_REPLY)
                // The default authority is the socket's path, which grpc-go servers refuse.
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
    }

    public Path socket() {
        return socket;
    }

    public RuntimeServiceBlockingStub runtime() {
        return RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE);
    }

    public ImageServiceBlockingStub images() {
        return ImageServiceGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE);
    }

    /** Holdfast's own calls, which other runtimes do not have. */
    public AdminBlockingStub admin() {
        return AdminGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
