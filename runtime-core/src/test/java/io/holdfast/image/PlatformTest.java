package io.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, linux, amd64, '', true",
        "amd64, linux, x86_64, '', true",
        "amd64, linux, amd64, v1, true",
        "amd64, linux, amd64, v3, false",
        "amd64, linux, arm64, '', false",
        "amd64, windows, amd64, '', false",
        "arm64, linux, arm64, v8, true",
        "arm64, linux, aarch64, '', true",
        "arm64, linux, arm, v7, false",
        "amd64, unknown, unknown, '', false",
    })
    void aNodeRunsImagesOfItsKind(String node, String os, String architecture, String variant, boolean runs) {
        assertThat(new Platform("linux", node, "").runs(new Platform(os, architecture, variant)))
                .isEqualTo(runs);
    }

    @Test
    void thisNodeHasTheNameThatGoGivesIt() {
        assertThat(Platform.ofThisNode().architecture()).isIn("amd64", "arm64");
    }

    @Test
    void anEntryOfTheNodesPlatformGoesBeforeOneOfNone() {
        Platform node = new Platform("linux", "amd64", "");
        ImageDocument.Entry none = entry(new Platform("", "", ""), 1);
        ImageDocument.Entry mine = entry(node, 2);
        ImageDocument.Entry other = entry(new Platform("linux", "s390x", ""), 3);
        assertThat(new ImageDocument.Index(List.of(other, none, mine)).choose(node))
                .contains(mine.descriptor());
        assertThat(new ImageDocument.Index(List.of(other, none)).choose(node)).contains(none.descriptor());
        assertThat(new ImageDocument.Index(List.of(other)).choose(node)).isEmpty();
    }

    /** The formula is OCI's: the digest of the chain below, a space, and the diffID. The value is sha256sum's. */
    @Test
    void aChainIdIsOfTheLayerAndAllBelowIt() {
        Digest one = Digest.of(new byte[] {1});
        Digest two = Digest.of(new byte[] {2});
        assertThat(Chain.of(List.of())).isEmpty();
        assertThat(Chain.of(List.of(one))).containsExactly(one.toString());
        assertThat(Chain.of(List.of(one, two, two)))
                .startsWith(one.toString(), "sha256:1f948c8bb830505362401f7f8bb91fbb9a46ea20fe54f20d8a132749afef5ffa")
                .doesNotHaveDuplicates();
    }

    private static ImageDocument.Entry entry(Platform platform, int size) {
        return new ImageDocument.Entry(new Descriptor("", Digest.of(new byte[size]), size), platform, "");
    }
}
