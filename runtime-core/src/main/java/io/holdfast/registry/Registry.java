package io.holdfast.registry;

import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import io.holdfast.content.Ingest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One pull's session with the registry of a reference: its hosts as they are configured now, and tokens that go with
 * the session. Every answer has the digest that was asked for. For any number of threads.
 */
public final class Registry implements AutoCloseable {
    /** A host, and the content that it does not have although it says so. */
    private record Lie(RegistryHost host, Digest digest) {}

    private final Reference reference;
    private final List<RegistryHost> hosts;
    private final Rounds rounds;
    private final HostClient client;
    private final ManifestEndpoint manifests;
    private final BlobEndpoint blobs;
    private final Set<Lie> lies = ConcurrentHashMap.newKeySet();

    Registry(Reference reference, List<RegistryHost> hosts, Rounds rounds, HostClient client, Patience patience) {
        this.reference = reference;
        this.hosts = hosts;
        this.rounds = rounds;
        this.client = client;
        this.manifests = new ManifestEndpoint(client);
        this.blobs = new BlobEndpoint(client, patience);
    }

    /** The digest that the reference stands for now, asked for without its document; empty if the registry is mute. */
    public Optional<Digest> head() {
        return rounds.ask(
                "resolving " + reference,
                able(RegistryHost.Capability.RESOLVE),
                () -> 0,
                host -> manifests.head(host, reference.wanted()));
    }

    /** The document that the reference stands for now. */
    public Document resolve() {
        RegistryHost.Capability capability =
                reference.digest().isPresent() ? RegistryHost.Capability.PULL : RegistryHost.Capability.RESOLVE;
        return rounds.ask(
                "resolving " + reference,
                able(capability),
                () -> 0,
                host -> manifests.get(host, reference.wanted(), reference.digest()));
    }

    /** A manifest by its digest. */
    public Document manifest(Digest digest) {
        return rounds.ask(
                "pulling " + reference.at(digest),
                able(RegistryHost.Capability.PULL),
                () -> 0,
                host -> manifests.get(host, digest.toString(), Optional.of(digest)));
    }

    /** A small blob; the caller has checked the descriptor's size. */
    public byte[] bytes(Descriptor descriptor) {
        return rounds.ask(
                "pulling " + descriptor.digest() + " of " + reference,
                able(RegistryHost.Capability.PULL),
                () -> 0,
                host -> blobs.get(host, descriptor));
    }

    /**
     * Brings in what the ingest lacks of its blob, and checks it. {@code stop} throws to end it. What came stays in the
     * ingest, unless it turns out to be something else: then the ingest is empty again, and the host that sent all of it
     * is not asked for that blob again.
     */
    public void download(Ingest ingest, Runnable stop) {
        if (ingest.whole()) {
            ingest.verify("what was stored before");
            return;
        }
        rounds.ask(
                "pulling " + ingest.descriptor().digest() + " of " + reference,
                able(RegistryHost.Capability.PULL),
                ingest::offset,
                host -> download(host, ingest, stop));
    }

    @Override
    public void close() {
        client.close();
    }

    private boolean download(RegistryHost host, Ingest ingest, Runnable stop) throws HostFailed {
        Lie lie = new Lie(host, ingest.descriptor().digest());
        if (lies.contains(lie)) {
            throw HostFailed.wrong("what it sent is not " + lie.digest());
        }
        boolean all = ingest.offset() == 0;
        blobs.download(host, ingest, stop);
        if (all) {
            lies.add(lie);
        }
        ingest.verify(host.toString());
        lies.remove(lie);
        return true;
    }

    private List<RegistryHost> able(RegistryHost.Capability capability) {
        return hosts.stream()
                .filter(host -> host.capabilities().contains(capability))
                .toList();
    }
}
