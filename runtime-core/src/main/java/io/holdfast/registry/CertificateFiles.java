package io.holdfast.registry;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A host directory without a {@code hosts.toml}, as Docker has them: every {@code *.crt} is an authority, every
 * {@code *.cert} with a {@code *.key} beside it a client certificate.
 */
final class CertificateFiles {
    private CertificateFiles() {}

    static Tls in(Path directory) {
        List<Path> authorities = new ArrayList<>();
        List<Tls.Identity> identities = new ArrayList<>();
        for (Path file : files(directory)) {
            String name = file.getFileName().toString();
            if (name.endsWith(".crt")) {
                authorities.add(file);
            } else if (name.endsWith(".cert")) {
                identities.add(new Tls.Identity(file, file.resolveSibling(name.replaceAll("\\.cert$", ".key"))));
            }
        }
        return new Tls(false, authorities, identities);
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException failed) {
            throw new Failure.Broken("reading " + directory + ": " + failed.getMessage(), failed);
        }
    }
}
