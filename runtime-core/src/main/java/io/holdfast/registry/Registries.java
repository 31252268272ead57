package io.holdfast.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Where all sessions begin, and what they have in common: which hosts asked for patience. */
public final class Registries {
    private final Supplier<Optional<Path>> configPath;
    private final Patience patience;
    private final Proxies proxies;
    private final Pacing pacing = new Pacing();

    /** {@code configPath} is asked at each pull: the directory of {@code <registry>/hosts.toml} files, if there is one. */
    public Registries(Supplier<Optional<Path>> configPath, Patience patience, Proxies proxies) {
        this.configPath = configPath;
        this.patience = patience;
        this.proxies = proxies;
    }

    public Registry open(Reference reference, BoundSecret secret) {
        List<RegistryHost> hosts = Hosts.of(configPath.get(), reference.host());
        Http http = new Http(patience, new Trust(), proxies);
        Authorization authorization = new Authorization(secret, new TokenEndpoint(http));
        HostClient client = new HostClient(http, authorization, reference.path());
        return new Registry(reference, hosts, new Rounds(patience, pacing), client, patience);
    }
}
