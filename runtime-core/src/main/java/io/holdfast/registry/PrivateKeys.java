package io.holdfast.registry;

import io.holdfast.work.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a private key from a PEM file: PKCS #8 (RFC 5958) of any algorithm, or PKCS #1 (RFC 8017) of RSA. */
final class PrivateKeys {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (RSA )?PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final byte[] VERSION_AND_RSA = {
        2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
    };

    private PrivateKeys() {}

    static PrivateKey read(Path file) {
        try {
            Matcher block = BLOCK.matcher(Files.readString(file));
            if (block.find()) {
                byte[] der = Base64.getMimeDecoder().decode(block.group(2));
                byte[] pkcs8 = block.group(1) == null ? der : wrapped(der);
                return ALGORITHMS.stream()
                        .flatMap(algorithm -> key(algorithm, pkcs8).stream())
                        .findFirst()
                        .orElseThrow(() -> unusable(file));
            }
        } catch (IOException failed) {
            throw new Failure.Broken("reading the key in " + file + ": " + failed.getMessage(), failed);
        }
        throw unusable(file);
    }

    private static Optional<PrivateKey> key(String algorithm, byte[] pkcs8) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (GeneralSecurityException _) {
            return Optional.empty(); // a key of another algorithm
        }
    }

    private static Failure.Broken unusable(Path file) {
        return new Failure.Broken("the key in " + file
                + " is neither PKCS #8 nor RSA's PKCS #1 without a password; convert it with openssl pkcs8"
                + " -topk8 -nocrypt");
    }

    /** PKCS #8 is PKCS #1 with the algorithm's name before it. */
    private static byte[] wrapped(byte[] pkcs1) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(VERSION_AND_RSA);
        inner.write(4);
        inner.writeBytes(length(pkcs1.length));
        inner.writeBytes(pkcs1);
        ByteArrayOutputStream outer = new ByteArrayOutputStream();
        outer.write(0x30);
        outer.writeBytes(length(inner.size()));
        outer.writeBytes(inner.toByteArray());
        return outer.toByteArray();
    }

    private static byte[] length(int bytes) {
        return bytes < 0x80
                ? new byte[] {(byte) bytes}
                : new byte[] {(byte) 0x82, (byte) (bytes >> Byte.SIZE), (byte) bytes};
    }
}
