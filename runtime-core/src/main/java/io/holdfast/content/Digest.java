package io.holdfast.content;

import io.holdfast.work.Failure;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The name of some bytes: {@code sha256:} or {@code sha512:} and lower case hexadecimal digits of the right number, as
 * of the OCI image specification. Nothing else is a digest, so one can safely be part of a path.
 */
public record Digest(String algorithm, String hex) {
    private static final Map<String, String> JAVA_NAMES = Map.of("sha256", "SHA-256", "sha512", "SHA-512");
    private static final Map<String, Integer> LENGTHS = Map.of("sha256", 64, "sha512", 128);
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
    private static final int SHOWN = 100;

    public Digest {
        if (!LENGTHS.containsKey(algorithm)) {
            throw new Failure.Invalid("digest: the algorithm must be sha256 or sha512, not " + shown(algorithm));
        }
        if (hex.length() != LENGTHS.get(algorithm) || !HEX.matcher(hex).matches()) {
            throw new Failure.Invalid("digest: " + algorithm + " has " + LENGTHS.get(algorithm)
                    + " lower case hexadecimal digits, unlike " + shown(hex));
        }
    }

    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new Failure.Invalid("digest: must be algorithm:hex, not " + shown(text));
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** The sha256 of these bytes. */
    public static Digest of(byte[] bytes) {
        return finished("sha256", hasher("sha256").digest(bytes));
    }

    public static Digest finished(String algorithm, byte[] hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash));
    }

    /** A fresh hash of this digest's algorithm. */
    public MessageDigest hasher() {
        return hasher(algorithm);
    }

    /** Whether these bytes have this digest. */
    public boolean matches(byte[] bytes) {
        return finished(algorithm, hasher().digest(bytes)).equals(this);
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }

    private static MessageDigest hasher(String algorithm) {
        try {
            return MessageDigest.getInstance(JAVA_NAMES.get(algorithm));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has " + algorithm, impossible);
        }
    }

    private static String shown(String text) {
        String start = text.substring(0, Math.min(SHOWN, text.length()));
        return '"' + start.replaceAll("[^\\x20-\\x7e]", "?") + '"';
    }
}
