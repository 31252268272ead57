package io.holdfast.cli;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.holdfast.daemon.Transport;
import io.holdfast.work.Failure;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** A connection to the daemon. */
final class Connection implements AutoCloseable {
    /** As much as a kubelet takes, so that there is nothing that the daemon answers a kubelet and not us. */
    private static final int MOST_MESSAGE_BYTES = 16 << 20;

    private final EventLoopGroup loops;
    private final ManagedChannel channel;

    Connection(Path socket) {
        if (Files.notExists(socket)) {
            throw new Failure.Unavailable(
                    "there is no " + socket + ": is holdfastd running? --config or --socket says where it listens");
        }
        Transport transport = Transport.best();
        this.loops = transport.loops();
        this.channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(transport.client())
                .eventLoopGroup(loops)
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .usePlaintext()
                .build();
    }

    ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loops.shutdownGracefully();
    }
}
