package io.holdfast.registry;

import java.net.URI;
import java.util.Locale;

/** Scheme, host and port: what credentials and tokens are bound to. */
record Origin(String scheme, String host, int port) {
    static final int HIGHEST_PORT = 0xffff;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    static Origin of(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : defaultPort(scheme);
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
    }

    boolean secure() {
        return scheme.equals("https");
    }

    /** The host as a reference would name it: with the port only where it is not the scheme's own. */
    String authority() {
        return port == defaultPort(scheme) ? host : host + ":" + port;
    }

    /** Whether a reference's host, which may have the scheme's own port or leave it away, means this. */
    boolean isNamed(String name) {
        return name.equalsIgnoreCase(authority()) || name.equalsIgnoreCase(host + ":" + port);
    }

    @Override
    public String toString() {
        return scheme + "://" + authority();
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? HTTPS : HTTP;
    }
}
