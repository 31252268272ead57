package io.holdfast.daemon;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.holdfast.linux.OwnDirectory;
import io.holdfast.work.Failure;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The gRPC server on the unix socket: a virtual thread a call. */
final class Endpoint implements AutoCloseable {
    private static final int MOST_MESSAGE_BYTES = 16 << 20;
    private static final String MODE = "rw-rw----";
    private static final Duration KILLED = Duration.ofSeconds(2);
    /** The bits of a file's mode that say what it is, and what they are for a socket. */
    private static final int TYPE = 0170000;

    private static final int SOCKET = 0140000;

    private final Path socket;
    private final Duration drain;
    private final EventLoopGroup loops;
    private final ExecutorService calls;
    private final Server server;

    private Endpoint(Path socket, Duration drain, EventLoopGroup loops, ExecutorService calls, Server server) {
        this.socket = socket;
        this.drain = drain;
        this.loops = loops;
        this.calls = calls;
        this.server = server;
    }

    /** Serves at once. The first interceptor is the outermost. */
    static Endpoint open(Config config, List<BindableService> services, List<ServerInterceptor> interceptors) {
        Path socket = config.socket();
        prepare(socket);
        Transport transport = Transport.best();
        EventLoopGroup loops = transport.loops();
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(transport.server())
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(calls)
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        interceptors.reversed().forEach(builder::intercept);
        try {
            Server server = builder.build().start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(MODE));
            return new Endpoint(socket, config.drain(), loops, calls, server);
        } catch (IOException failed) {
            loops.shutdownGracefully();
            throw new UncheckedIOException("listening on " + socket, failed);
        }
    }

    /** Takes no more calls, lets those under way end for a while, then cancels them. */
    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow().awaitTermination(KILLED.toMillis(), TimeUnit.MILLISECONDS);
            }
            Files.deleteIfExists(socket);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        } catch (IOException failed) {
            throw new UncheckedIOException("removing " + socket, failed);
        } finally {
            calls.shutdownNow();
            loops.shutdownGracefully(0, KILLED.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** A socket that a killed daemon left is removed; one that somebody listens on is theirs. */
    private static void prepare(Path socket) {
        try {
            Path directory = socket.getParent();
            if (Files.notExists(directory)) {
                OwnDirectory.make(directory);
            }
            if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS) && !isSocket(socket)) {
                throw new Failure.Unavailable(
                        socket + " is there and is no socket; remove it, or set another socket in the configuration");
            }
            if (isServed(socket)) {
                throw new Failure.Unavailable("somebody listens on " + socket
                        + " already; stop it, or set another socket in the configuration");
            }
            Files.deleteIfExists(socket);
        } catch (IOException failed) {
            throw new UncheckedIOException("making way for " + socket, failed);
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & TYPE) == SOCKET;
    }

    private static boolean isServed(Path socket) {
        if (Files.notExists(socket)) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return probe.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
