package io.holdfast.daemon;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;

/** Netty's way to unix sockets: the kernel's epoll where its native library loads, the JDK's selectors where not. */
public record Transport(
        Class<? extends ServerChannel> server, Class<? extends Channel> client, IoHandlerFactory handlers) {
    public static Transport best() {
        return Epoll.isAvailable()
                ? new Transport(
                        EpollServerDomainSocketChannel.class,
                        EpollDomainSocketChannel.class,
                        EpollIoHandler.newFactory())
                : new Transport(
                        NioServerDomainSocketChannel.class, NioDomainSocketChannel.class, NioIoHandler.newFactory());
    }

    /** One thread: the bytes of a node's calls are few. */
    public EventLoopGroup loops() {
        return new MultiThreadIoEventLoopGroup(1, handlers);
    }
}
