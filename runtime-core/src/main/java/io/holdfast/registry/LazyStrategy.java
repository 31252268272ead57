package io.holdfast.registry;

import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Makes the real strategy at its first use: reading the system's authorities takes longer than a plain-http pull. */
final class LazyStrategy implements TlsSocketStrategy {
    private final Supplier<TlsSocketStrategy> maker;
    private Optional<TlsSocketStrategy> made = Optional.empty();

    LazyStrategy(Supplier<TlsSocketStrategy> maker) {
        this.maker = maker;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, Object attachment, HttpContext exchange)
            throws IOException {
        return strategy().upgrade(socket, target, port, attachment, exchange);
    }

    private synchronized TlsSocketStrategy strategy() {
        if (made.isEmpty()) {
            made = Optional.of(maker.get());
        }
        return made.get();
    }
}
