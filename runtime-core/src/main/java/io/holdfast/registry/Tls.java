package io.holdfast.registry;

import java.nio.file.Path;
import java.util.List;

/**
 * How one host is to be trusted, and how we show ourselves to it.
 *
 * @param authorities files of certificates that are trusted besides the system's
 * @param identities pairs to show when asked; the first is used
 */
record Tls(boolean skipVerify, List<Path> authorities, List<Identity> identities) {
    record Identity(Path certificate, Path key) {}

    static final Tls SYSTEM = new Tls(false, List.of(), List.of());

    Tls {
        authorities = List.copyOf(authorities);
        identities = List.copyOf(identities);
    }
}
