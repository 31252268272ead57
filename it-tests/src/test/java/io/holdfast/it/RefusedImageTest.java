package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.AuthConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls that fail, and pulls that need credentials. */
@Conformance
class RefusedImageTest {
    private static final String SECRET = "s3cret-that-nobody-may-read";

    @ParameterizedTest
    @ValueSource(strings = {"it/nothing-here:1", "it/busybox:no-such-tag"})
    void anImageTheRegistryDoesNotHaveIsNotFound(String name, Node node) {
        var refused = Node.refusal(() -> node.pull(node.reference(name)));
        assertThat(refused.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refused.getDescription()).contains(node.reference(name));
        assertThat(node.imageStatus(node.reference(name)).hasImage()).isFalse();
    }

    @Test
    void aDigestTheRegistryDoesNotHaveIsNotFound(Node node) {
        var reference = node.reference("it/busybox@sha256:" + "0".repeat(64));
        assertThat(Node.refusal(() -> node.pull(reference)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "docker.io/UPPER/case",
                "host:port/x:y:z",
                "a b",
                "x@sha256:short",
                "x@md5:00",
                "../x",
                "x/../y",
                "a\nb"
            })
    void whatIsNotAReferenceIsRefused(String reference, Node node) {
        var refused = Node.refusal(() -> node.pull(reference));
        assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aRegistryThatIsDownIsToldSoAndSoon(Node node) {
        var host = "127.0.0.1:" + LoopbackRegistry.freePort();
        long begin = System.nanoTime();
        var refused = Node.refusal(() -> node.pull(host + "/it/busybox:1"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refused.getDescription()).contains(host);
    }

    @Test
    void aPullThatIsGivenUpIsToldSoAndPulledAgain(Node node) {
        var reference = node.reference(TestImages.CONFIGURED);
        node.removeImage(reference);
        var request = Cri.PullImageRequest.newBuilder().setImage(Node.spec(reference));
        var impatient = node.images().withDeadlineAfter(Duration.ofMillis(1));
        var refused = Node.refusal(() -> impatient.pullImage(request.build()));
        assertThat(refused.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(node.imageStatus(node.pull(reference)).hasImage()).isTrue();
    }

    @Test
    void aLayerThatIsNotWhatItsDigestSaysIsRefused(Node node) {
        var reference = node.reference(TestImages.CORRUPT);
        var refused = Node.refusal(() -> node.pull(reference));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(node.imageStatus(reference).hasImage()).isFalse();
    }

    @Test
    void aLayerThatIsNotWhatItsDiffIdSaysIsRefused(Node node) {
        var reference = node.reference(TestImages.WRONG_DIFF_ID);
        var refused = Node.refusal(() -> node.pull(reference));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(node.imageStatus(reference).hasImage()).isFalse();
    }

    @Test
    void aGuardedRegistryLetsThePullerWithCredentialsIn(Node node, Rig rig) {
        try (var gate = new GuardedRegistry(rig.registry(), "puller", SECRET)) {
            var reference = gate.host() + "/" + TestImages.BUSYBOX;
            var wanted = rig.images().pushed(TestImages.BUSYBOX).configDigest();
            var byName = AuthConfig.newBuilder().setUsername("puller").setPassword(SECRET);
            assertThat(pull(node, reference, byName)).isEqualTo(wanted);
            node.removeImage(reference);
            var encoded = Base64.getEncoder().encodeToString(("puller:" + SECRET).getBytes(StandardCharsets.UTF_8));
            assertThat(pull(node, reference, AuthConfig.newBuilder().setAuth(encoded)))
                    .isEqualTo(wanted);
        }
    }

    @Test
    void aGuardedRegistryLetsNobodyElseInAndTheSecretIsNotTold(Node node, Rig rig) {
        try (var gate = new GuardedRegistry(rig.registry(), "puller", SECRET)) {
            var reference = gate.host() + "/" + TestImages.BUSYBOX;
            var wrong = "wr0ng-but-secret";
            var withWrong = Node.refusal(() -> pull(
                    node,
                    reference,
                    AuthConfig.newBuilder().setUsername("puller").setPassword(wrong)));
            assertThat(withWrong.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(withWrong.getDescription()).contains(gate.host()).doesNotContain(wrong);
            var without = Node.refusal(() -> node.pull(reference));
            assertThat(without.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        }
    }

    private static String pull(Node node, String reference, AuthConfig.Builder credentials) {
        return node.images()
                .pullImage(Cri.PullImageRequest.newBuilder()
                        .setImage(Node.spec(reference))
                        .setAuth(credentials)
                        .build())
                .getImageRef();
    }
}
