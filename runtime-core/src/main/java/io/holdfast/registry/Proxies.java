package io.holdfast.registry;

import io.holdfast.work.Failure;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.core5.http.HttpHost;

/**
 * The proxies of the daemon's environment, in the spelling of every other program: {@code HTTP_PROXY},
 * {@code HTTPS_PROXY} and {@code NO_PROXY}, in lower case too. This machine itself is always asked directly.
 */
public final class Proxies {
    private final Optional<URI> plain;
    private final Optional<URI> secure;
    private final List<String> direct;

    private Proxies(Optional<URI> plain, Optional<URI> secure, List<String> direct) {
        this.plain = plain;
        this.secure = secure;
        this.direct = direct;
    }

    public static Proxies of(Map<String, String> environment) {
        List<String> direct = Arrays.stream(value(environment, "no_proxy").split(",", -1))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .filter(entry -> !entry.isEmpty())
                .toList();
        return new Proxies(proxy(environment, "http_proxy"), proxy(environment, "https_proxy"), direct);
    }

    /** The proxy for a host, if it is to be asked through one. */
    Optional<URI> proxyFor(String scheme, String host, int port) {
        boolean itself = host.equals("localhost")
                || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
        if (itself || direct.stream().anyMatch(entry -> covers(entry, host, port))) {
            return Optional.empty();
        }
        return scheme.equals("https") ? secure : plain;
    }

    HttpRoutePlanner planner() {
        return (target, _) -> {
            boolean tls = target.getSchemeName().equals("https");
            return proxyFor(target.getSchemeName(), target.getHostName(), target.getPort())
                    .map(proxy -> new HttpRoute(target, null, hostOf(proxy), tls))
                    .orElseGet(() -> new HttpRoute(target, null, tls));
        };
    }

    /** Name and password of a proxy's URL are for the proxy. */
    CredentialsProvider credentials() {
        BasicCredentialsProvider provider = new BasicCredentialsProvider();
        Stream.concat(plain.stream(), secure.stream())
                .filter(proxy -> proxy.getUserInfo() != null)
                .forEach(proxy -> {
                    String[] pair = proxy.getUserInfo().split(":", 2);
                    char[] password = pair.length == 2 ? pair[1].toCharArray() : new char[0];
                    provider.setCredentials(
                            new AuthScope(hostOf(proxy)), new UsernamePasswordCredentials(pair[0], password));
                });
        return provider;
    }

    /** A name covers itself and what is below it; an address or a network itself; a star everything. */
    private static boolean covers(String entry, String host, int port) {
        int colon = entry.lastIndexOf(':');
        if (colon > 0 && entry.indexOf(':') == colon) {
            return entry.substring(colon + 1).equals(Integer.toString(port))
                    && covers(entry.substring(0, colon), host, port);
        }
        String name = entry.startsWith("*.") ? entry.substring(2) : entry.replaceAll("^\\.", "");
        return entry.equals("*") || host.equals(name) || host.endsWith("." + name) || inNetwork(entry, host);
    }

    private static boolean inNetwork(String entry, String host) {
        int slash = entry.indexOf('/');
        Optional<InetAddress> network = slash < 0 ? Optional.empty() : literal(entry.substring(0, slash));
        Optional<InetAddress> address = literal(host);
        if (network.isEmpty()
                || address.isEmpty()
                || !entry.substring(slash + 1).matches("[0-9]{1,3}")) {
            return false;
        }
        byte[] own = address.get().getAddress();
        byte[] wanted = network.get().getAddress();
        int bits = Integer.parseInt(entry.substring(slash + 1));
        return own.length == wanted.length && bits <= own.length * Byte.SIZE && sameStart(own, wanted, bits);
    }

    private static boolean sameStart(byte[] one, byte[] other, int bits) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if (((one[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static Optional<InetAddress> literal(String host) {
        String bare = host.replaceAll("^\\[|]$", "");
        try {
            return bare.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
                    ? Optional.of(InetAddress.getByName(bare))
                    : Optional.empty();
        } catch (UnknownHostException _) {
            return Optional.empty();
        }
    }

    private static Optional<URI> proxy(Map<String, String> environment, String name) {
        String value = value(environment, name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = URI.create(value.contains("://") ? value : "http://" + value);
            if (uri.getHost() != null) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException _) {
            // The value may hold a password, so the cause goes no further.
        }
        throw new Failure.Invalid("the environment's " + name + " is no URL of a proxy");
    }

    private static String value(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
    }

    private static HttpHost hostOf(URI proxy) {
        return new HttpHost(proxy.getScheme(), proxy.getHost(), Origin.of(proxy).port());
    }
}
