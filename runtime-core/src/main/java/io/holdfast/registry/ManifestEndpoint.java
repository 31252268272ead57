package io.holdfast.registry;

import io.holdfast.content.Caps;
import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** {@code /v2/<name>/manifests/<reference>} of one host. */
record ManifestEndpoint(HostClient client) {
    private static final Map<String, String> HEADERS = Map.of(
            "Accept",
            String.join(
                    ", ",
                    "application/vnd.oci.image.index.v1+json",
                    "application/vnd.docker.distribution.manifest.list.v2+json",
                    "application/vnd.oci.image.manifest.v1+json",
                    "application/vnd.docker.distribution.manifest.v2+json",
                    "*/*;q=0.1"));

    /** The digest that a tag has now; empty if the host does not say. */
    Optional<Digest> head(RegistryHost host, String wanted) throws HostFailed {
        try (Answer answer = client.ask(host, "HEAD", "manifests/" + wanted, HEADERS)) {
            return named(answer);
        } catch (IOException failed) {
            throw HostClient.failed(failed);
        }
    }

    /** The document of a tag or a digest. */
    Document get(RegistryHost host, String wanted, Optional<Digest> digest) throws HostFailed {
        try (Answer answer = client.ask(host, "GET", "manifests/" + wanted, HEADERS)) {
            byte[] content = answer.bytes(Caps.MANIFEST_BYTES);
            Optional<Digest> promised = digest.or(() -> named(answer));
            if (promised.isPresent() && !promised.get().matches(content)) {
                throw HostFailed.wrong("the manifest that came is not " + promised.get());
            }
            Digest name = promised.orElseGet(() -> Digest.of(content));
            return new Document(new Descriptor(answer.contentType(), name, content.length), content);
        } catch (IOException failed) {
            throw HostClient.failed(failed);
        }
    }

    /** A header that is no digest is no help, and no harm either: the content is hashed in any case. */
    private static Optional<Digest> named(Answer answer) {
        try {
            return answer.header("Docker-Content-Digest").map(Digest::parse);
        } catch (Failure.Invalid _) {
            return Optional.empty();
        }
    }
}
