package io.holdfast.registry;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * A secret and the one registry that may see it: the host of {@code server_address} where the request named one, else
 * the host of the image's reference. A mirror with another name, or a redirect's target, never does.
 */
public record BoundSecret(Secret secret, String host) {
    private static final Set<String> HUB = Set.of("docker.io", "index.docker.io", "registry-1.docker.io");

    public static BoundSecret of(Secret secret, String serverAddress, Reference reference) {
        return new BoundSecret(secret, serverAddress.isBlank() ? reference.host() : hostOf(serverAddress.strip()));
    }

    /** The secret if it is for this origin. */
    Secret reveal(Origin origin) {
        boolean same = origin.isNamed(host) || isHub(host) && isHub(origin.authority());
        return same ? secret : new Secret.None();
    }

    private static boolean isHub(String host) {
        return HUB.contains(host.toLowerCase(Locale.ROOT));
    }

    /** Both {@code https://index.docker.io/v1/} and {@code registry.example:5000} are in use. */
    private static String hostOf(String address) {
        int scheme = address.indexOf("://");
        if (scheme < 0) {
            int slash = address.indexOf('/');
            return slash < 0 ? address : address.substring(0, slash);
        }
        try {
            URI uri = URI.create(address);
            return uri.getHost() == null
                    ? address.substring(scheme + 3)
                    : Origin.of(uri).authority();
        } catch (IllegalArgumentException _) {
            return address.substring(scheme + 3); // matches no host: the secret is then shown to nobody
        }
    }
}
