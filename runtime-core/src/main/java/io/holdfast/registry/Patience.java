package io.holdfast.registry;

import java.time.Duration;

/**
 * How long a registry is waited for. Each clock runs only while we wait for the network, never while a layer is being
 * unpacked.
 *
 * @param connect to connect, and again for the TLS handshake
 * @param header until an answer's header is complete
 * @param read between two pieces of a body
 * @param window over which a body has to bring at least {@code windowBytes}
 * @param backoff before the second round over a registry's hosts; doubles after each
 */
public record Patience(
        Duration connect, Duration header, Duration read, Duration window, long windowBytes, Duration backoff) {

    public static Patience usual() {
        return new Patience(
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                128 << 10,
                Duration.ofMillis(300));
    }
}
