package io.holdfast.registry;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One host that answers for a registry.
 *
 * @param base the URL that an endpoint's path is put behind, normally one that ends in {@code /v2}
 * @param headers sent to this host alone; they may hold secrets
 * @param namespace the registry that it stands for, told to it as {@code ns}; empty for the registry itself
 */
record RegistryHost(
        URI base, Set<Capability> capabilities, Tls tls, Map<String, List<String>> headers, String namespace) {
    enum Capability {
        PULL,
        RESOLVE
    }

    RegistryHost {
        capabilities = Set.copyOf(capabilities);
        headers = Map.copyOf(headers);
    }

    Origin origin() {
        return Origin.of(base);
    }

    /** An endpoint of a repository, such as {@code manifests/latest}. */
    URI endpoint(String repository, String rest) {
        String query = namespace.isEmpty() ? "" : "?ns=" + namespace;
        return URI.create(base + "/" + repository + "/" + rest + query);
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
