package io.holdfast.registry;

import io.holdfast.work.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;

/**
 * TLS as a host's {@link Tls} wants it. Trusted are the operating system's authorities, as for every other program of
 * the node, then the host's own; where the system has no list that we know, Java's.
 */
final class Trust {
    private static final List<Path> SYSTEM_LISTS = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");

    /** Nothing is read until the first connection by https. */
    TlsSocketStrategy strategy(Tls tls) {
        return new LazyStrategy(() -> new DefaultClientTlsStrategy(
                socketContext(tls),
                tls.skipVerify() ? NoopHostnameVerifier.INSTANCE : HttpsSupport.getDefaultHostnameVerifier()));
    }

    private static SSLContext socketContext(Tls tls) {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(identity(tls.identities()), tls.skipVerify() ? trustAll() : authorities(tls), null);
            return made;
        } catch (GeneralSecurityException failed) {
            throw new Failure.Broken("setting up TLS for a registry: " + failed.getMessage(), failed);
        }
    }

    private static TrustManager[] trustAll() {
        return new TrustManager[] {new TrustAll()};
    }

    private static TrustManager[] authorities(Tls tls) throws GeneralSecurityException {
        List<Path> files = new ArrayList<>(
                SYSTEM_LISTS.stream().filter(Files::isReadable).limit(1).toList());
        boolean javas = files.isEmpty() && tls.authorities().isEmpty();
        files.addAll(tls.authorities());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(javas ? null : trusted(files));
        return trust.getTrustManagers();
    }

    private static KeyStore trusted(List<Path> files) throws GeneralSecurityException {
        KeyStore store = empty();
        int count = 0;
        for (Path file : files) {
            for (Certificate certificate : certificates(file)) {
                store.setCertificateEntry("authority-" + count++, certificate);
            }
        }
        return store;
    }

    private static KeyManager[] identity(List<Tls.Identity> identities) throws GeneralSecurityException {
        if (identities.isEmpty()) {
            return new KeyManager[0];
        }
        Tls.Identity identity = identities.getFirst();
        KeyStore store = empty();
        Certificate[] chain = certificates(identity.certificate()).toArray(Certificate[]::new);
        store.setKeyEntry("client", PrivateKeys.read(identity.key()), new char[0], chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        return keys.getKeyManagers();
    }

    /** The certificates of a PEM file, whatever else is in it: a client's own may have its key beside it. */
    private static List<Certificate> certificates(Path file) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<Certificate> certificates = new ArrayList<>();
            Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            while (block.find()) {
                byte[] der = Base64.getMimeDecoder().decode(block.group(1));
                certificates.add(factory.generateCertificate(new ByteArrayInputStream(der)));
            }
            return certificates;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException failed) {
            throw new Failure.Broken("reading certificates from " + file + ": " + failed.getMessage(), failed);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            return store;
        } catch (IOException impossible) {
            throw new IllegalStateException("an empty key store reads nothing", impossible);
        }
    }
}
