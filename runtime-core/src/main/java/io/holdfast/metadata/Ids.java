package io.holdfast.metadata;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Ids of sandboxes and containers: 64 lower case hexadecimal digits, as every tool round CRI expects. */
public final class Ids {
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    public static String next() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
