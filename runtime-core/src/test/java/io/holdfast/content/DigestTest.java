package io.holdfast.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final String HEX = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void aDigestIsOfItsBytes() {
        Digest digest = Digest.of("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(digest).hasToString("sha256:" + HEX).isEqualTo(Digest.parse("sha256:" + HEX));
        assertThat(digest.matches("abc".getBytes(StandardCharsets.US_ASCII))).isTrue();
        assertThat(digest.matches(new byte[0])).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "sha256",
                "sha256:",
                HEX,
                "sha256:" + HEX + "0",
                "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                "SHA256:" + HEX,
                "sha512:" + HEX,
                "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
                "md5:900150983cd24fb0d6963f7d28e17f72",
                "sha256:../../../../../../../../../../../../../../../../../../../etc/passwd",
                "sha256:" + HEX + "\n",
                " sha256:" + HEX
            })
    void nothingElseIsADigest(String text) {
        assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void aSizeIsBounded() {
        Digest digest = Digest.of(new byte[0]);
        assertThatThrownBy(() -> new Descriptor("", digest, -1)).isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> new Descriptor("", digest, Long.MAX_VALUE)).isInstanceOf(Failure.Invalid.class);
    }
}
