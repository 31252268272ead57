package io.holdfast.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;

class NativeCryptoTest {
    private static final String OURS = "AmazonCorrettoCryptoProvider";

    @Test
    void digestsAndCiphersAreNative() throws Exception {
        NativeCrypto.install();
        NativeCrypto.install();

        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        assertThat(digest.getProvider().getName()).isEqualTo(OURS);
        assertThat(HexFormat.of().formatHex(digest.digest("abc".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Cipher.getInstance("AES/GCM/NoPadding").getProvider().getName())
                .isEqualTo(OURS);
    }
}
