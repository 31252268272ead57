package io.holdfast.daemon;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.holdfast.runtime.v1.ImageServiceGrpc;
import io.holdfast.runtime.v1.RuntimeServiceGrpc;
import io.holdfast.v1.AdminGrpc;
import io.holdfast.work.Failpoints;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;

/** A daemon in this very process, on directories of its own, with a client. */
public final class RunningDaemon implements AutoCloseable {
    private final Config config;
    private final Daemon daemon;
    private final EventLoopGroup loops;
    private final ManagedChannel channel;

    private RunningDaemon(Config config, Map<String, String> environment) {
        this.config = config;
        this.daemon = Daemon.start(config, Failpoints.none(), environment);
        Transport transport = Transport.best();
        this.loops = transport.loops();
        this.channel = NettyChannelBuilder.forAddress(
                        new DomainSocketAddress(config.socket().toFile()))
                .channelType(transport.client())
                .eventLoopGroup(loops)
                .usePlaintext()
                .build();
    }

    public static RunningDaemon in(Path directory) {
        return new RunningDaemon(config(directory), Map.of());
    }

    static RunningDaemon of(Config config) {
        return new RunningDaemon(config, Map.of());
    }

    static RunningDaemon in(Path directory, Map<String, String> environment) {
        return new RunningDaemon(config(directory), environment);
    }

    static Config config(Path directory) {
        return config(directory, "");
    }

    /** With keys (TOML) of the test's own before the tables. */
    static Config config(Path directory, String keys) {
        return ConfigFile.parse("test", """
            root = "%1$s/root"
            state = "%1$s/state"
            socket = "%1$s/run/holdfast.sock"
            %2$s
            [cni]
            conf_dir = "%1$s/net.d"
            [registry]
            config_path = "%1$s/certs.d"
            """.formatted(directory, keys));
    }

    public Path socket() {
        return config.socket();
    }

    RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime() {
        return RuntimeServiceGrpc.newBlockingStub(channel);
    }

    ImageServiceGrpc.ImageServiceBlockingStub images() {
        return ImageServiceGrpc.newBlockingStub(channel);
    }

    AdminGrpc.AdminStub admin() {
        return AdminGrpc.newStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loops.shutdownGracefully();
        daemon.close();
    }
}
