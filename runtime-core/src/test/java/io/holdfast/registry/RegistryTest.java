package io.holdfast.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.content.ContentStore;
import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import io.holdfast.content.Ingest;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client against registries that are slow, broken, lying or hostile. */
@Timeout(60)
class RegistryTest {
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Patience IMPATIENT =
            new Patience(SHORT, SHORT, SHORT, SHORT.multipliedBy(2), 10_000, Duration.ofMillis(20));
    private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(US_ASCII);
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final byte[] BLOB = new byte[300_000];
    private static final Descriptor WANTED;

    static {
        new Random(7).nextBytes(BLOB);
        WANTED = Descriptor.of("", BLOB);
    }

    @TempDir
    Path directory;

    private final FakeRegistry fake = new FakeRegistry();
    private final FakeRegistry other = new FakeRegistry();

    @AfterEach
    void close() {
        fake.close();
        other.close();
    }

    @Test
    void aTagIsResolvedAndItsBlobDownloaded() {
        Digest digest = fake.manifest("a/b", "v1", TYPE, MANIFEST);
        fake.blob("a/b", BLOB);
        try (Registry registry = open()) {
            assertThat(registry.head()).contains(digest);
            assertThat(registry.resolve().descriptor()).isEqualTo(new Descriptor(TYPE, digest, MANIFEST.length));
            assertThat(registry.manifest(digest).content()).isEqualTo(MANIFEST);
            assertThat(registry.bytes(WANTED)).isEqualTo(BLOB);
            assertThat(downloaded(registry)).isEqualTo(BLOB);
        }
    }

    @Test
    void aManifestThatIsNotOfItsDigestIsRefused() {
        fake.script((request, wire) -> request.path().contains("/manifests/")
                && wire.answer(
                        200,
                        Map.of("Docker-Content-Digest", Digest.of(BLOB).toString(), "Content-Type", TYPE),
                        "{\"schemaVersion\":2}"));
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageContaining("is not sha256");
            assertThatThrownBy(() -> registry.manifest(Digest.of(BLOB))).isInstanceOf(Failure.Broken.class);
        }
    }

    @Test
    void aManifestThatIsTooLongIsNotReadToItsEnd() {
        fake.script((request, wire) -> {
            wire.start(200, Map.of("Content-Length", "1073741824"));
            byte[] piece = new byte[1 << 20];
            for (int i = 0; i < 1024; i++) {
                wire.send(piece, 0, piece.length);
            }
            return true;
        });
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageContaining("longer than");
        }
    }

    @Test
    void aBodyThatBreaksOffIsResumedWhereItEnded() {
        fake.blob("a/b", BLOB);
        AtomicInteger calls = new AtomicInteger();
        fake.script((request, wire) -> {
            if (!request.path().contains("/blobs/") || calls.incrementAndGet() > 2) {
                return false;
            }
            int from = calls.get() == 1 ? 0 : 100_000;
            wire.start(calls.get() == 1 ? 200 : 206, range(from, Map.of()));
            wire.send(BLOB, from, 100_000);
            return wire.cut();
        });
        try (Registry registry = open()) {
            assertThat(downloaded(registry)).isEqualTo(BLOB);
        }
        assertThat(fake.requests("GET", "/blobs/"))
                .extracting(request -> request.header("range"))
                .containsExactly("", "bytes=100000-", "bytes=200000-");
        assertThat(fake.blobBytes()).isEqualTo(100_000);
    }

    @Test
    void aHostThatKnowsNoRangesIsReadFromTheBeginning() {
        fake.script((request, wire) -> {
            wire.start(200, Map.of("Content-Length", Integer.toString(BLOB.length)));
            return wire.send(BLOB, 0, BLOB.length);
        });
        begun(100_000);
        try (Registry registry = open()) {
            assertThat(downloaded(registry)).isEqualTo(BLOB);
        }
    }

    @Test
    void aRangeThatIsAnotherThanAskedForIsRefused() {
        fake.script((request, wire) -> {
            wire.start(206, range(50_000, Map.of()));
            return wire.send(BLOB, 50_000, BLOB.length - 50_000);
        });
        begun(100_000);
        try (Registry registry = open()) {
            assertThatThrownBy(() -> downloaded(registry))
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageContaining("sent others");
        }
    }

    @Test
    void aBodyOfTheWrongLengthIsRefused() {
        for (int length : new int[] {BLOB.length - 1, BLOB.length + 1}) {
            fake.script((request, wire) -> {
                wire.start(200, Map.of("Content-Length", Integer.toString(length)));
                return wire.send(new byte[length], 0, length);
            });
            try (Registry registry = open()) {
                assertThatThrownBy(() -> downloaded(registry)).isInstanceOf(Failure.Broken.class);
            }
        }
    }

    @Test
    void aBodyWithoutALengthIsNotReadBeyondWhatWasAnnounced() {
        fake.script((request, wire) -> {
            wire.start(200, Map.of("Connection", "close"));
            for (int i = 0; i < 10_000; i++) {
                wire.send(BLOB, 0, BLOB.length);
            }
            return wire.cut();
        });
        try (Registry registry = open()) {
            assertThatThrownBy(() -> downloaded(registry))
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageContaining("more bytes came");
        }
    }

    @Test
    void anEncodedBlobIsRefused() {
        fake.script((request, wire) -> {
            wire.start(200, range(0, Map.of("Content-Encoding", "gzip")));
            return wire.send(BLOB, 0, BLOB.length);
        });
        try (Registry registry = open()) {
            assertThatThrownBy(() -> downloaded(registry))
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageContaining("encoded");
        }
        assertThat(fake.requests("GET", "/blobs/").getFirst().header("accept-encoding"))
                .isEqualTo("identity");
    }

    @Test
    void aDripIsNotTakenForProgress() {
        fake.script((request, wire) -> {
            wire.start(200, range(0, Map.of()));
            for (byte one : BLOB) {
                wire.send(new byte[] {one}, 0, 1);
                pause(5);
            }
            return true;
        });
        try (Registry registry = open()) {
            assertThatThrownBy(() -> downloaded(registry))
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("too slow");
        }
    }

    @Test
    void aHeaderThatDripsOrNeverComesEndsInTime() {
        fake.script((request, wire) -> {
            for (int i = 0; i < 10_000; i++) {
                wire.raw("H");
                pause(100);
            }
            return wire.cut();
        });
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Unavailable.class);
        }
        fake.script((request, wire) -> {
            pause(30_000);
            return wire.cut();
        });
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Unavailable.class);
        }
    }

    @Test
    void floodsOfHeadersAndCookiesAreRefused() {
        fake.script((request, wire) -> {
            wire.raw("HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 20_000; i++) {
                wire.raw("Set-Cookie: a" + i + "=" + "x".repeat(1000) + "\r\n");
            }
            wire.raw("\r\n");
            return wire.cut();
        });
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Unavailable.class);
        }
        fake.script((request, wire) -> {
            wire.raw("HTTP/1.1 200 OK\r\nX: " + "x".repeat(1 << 20) + "\r\n\r\n");
            return wire.cut();
        });
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Unavailable.class);
        }
    }

    @Test
    void cookiesAreNotSentBack() {
        Digest digest = fake.manifest("a/b", "v1", TYPE, MANIFEST);
        fake.script((request, wire) -> request.method().equals("HEAD")
                && wire.answer(200, Map.of("Set-Cookie", "a=b", "Docker-Content-Digest", digest.toString()), ""));
        try (Registry registry = open()) {
            registry.head();
            registry.resolve();
        }
        assertThat(fake.requests())
                .allSatisfy(request -> assertThat(request.header("cookie")).isEmpty());
    }

    @Test
    void aServerErrorIsTriedAgainABoundedNumberOfTimes() {
        fake.script((request, wire) -> wire.answer(503, Map.of(), "busy"));
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("HTTP 503: busy");
        }
        assertThat(fake.requests()).hasSize(3);
    }

    @Test
    void retryAfterIsHeededWithinBounds() {
        fake.manifest("a/b", "v1", TYPE, MANIFEST);
        AtomicInteger calls = new AtomicInteger();
        fake.script((request, wire) ->
                calls.incrementAndGet() == 1 && wire.answer(429, Map.of("Retry-After", "1"), "slowly"));
        long start = System.nanoTime();
        try (Registry registry = open()) {
            registry.resolve();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
    }

    @Test
    void whoAsksForTooLongAWaitIsLeftAloneByAllPulls() {
        fake.script((request, wire) -> wire.answer(429, Map.of("Retry-After", "1000000000"), ""));
        Registries registries = registries(Optional.empty());
        for (int i = 0; i < 5; i++) {
            try (Registry registry = registries.open(reference(), nobody())) {
                assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Unavailable.class);
            }
        }
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void aRegistryThatIsDownIsSaidToBe() {
        fake.close();
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("refused")
                    .hasMessageContaining(fake.host());
        }
    }

    @Test
    void aMirrorThatFailsIsFollowedByTheRegistryAndAnErrorNamesBoth() throws IOException {
        Digest digest = fake.manifest("a/b", "v1", TYPE, MANIFEST);
        other.script((request, wire) -> wire.answer(502, Map.of(), ""));
        mirror();
        try (Registry registry =
                registries(Optional.of(directory.resolve("certs.d"))).open(reference(), nobody())) {
            assertThat(registry.resolve().descriptor().digest()).isEqualTo(digest);
            assertThat(other.requests()).hasSize(1);
            assertThat(other.requests().getFirst().path()).endsWith("?ns=" + fake.host());
            fake.script((request, wire) -> wire.answer(404, Map.of(), ""));
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.NotFound.class)
                    .hasMessageContaining(other.host())
                    .hasMessageContaining(fake.host());
        }
    }

    @Test
    void aMirrorThatLiesIsNotAskedForThatBlobAgain() throws IOException {
        fake.blob("a/b", BLOB);
        other.script((request, wire) -> {
            wire.start(200, range(0, Map.of()));
            return wire.send(new byte[BLOB.length], 0, BLOB.length);
        });
        mirror();
        try (Registry registry =
                registries(Optional.of(directory.resolve("certs.d"))).open(reference(), nobody())) {
            assertThatThrownBy(() -> downloaded(registry)).isInstanceOf(Failure.Broken.class);
            assertThat(downloaded(registry)).isEqualTo(BLOB);
        }
        assertThat(other.requests("GET", "/blobs/")).hasSize(1);
    }

    private void mirror() throws IOException {
        Path hosts = Files.createDirectories(directory.resolve("certs.d").resolve(fake.host()));
        Files.writeString(hosts.resolve("hosts.toml"), "[host.\"http://" + other.host() + "\"]\n");
    }

    private Map<String, String> range(int from, Map<String, String> more) {
        Map<String, String> headers = new java.util.TreeMap<>(more);
        headers.put("Content-Length", Integer.toString(BLOB.length - from));
        headers.put("Content-Range", "bytes " + from + "-" + (BLOB.length - 1) + "/" + BLOB.length);
        return headers;
    }

    private Reference reference() {
        return Reference.parse(fake.host() + "/a/b:v1");
    }

    private BoundSecret nobody() {
        return BoundSecret.of(new Secret.None(), "", reference());
    }

    private Registry open() {
        return registries(Optional.empty()).open(reference(), nobody());
    }

    private static Registries registries(Optional<Path> config) {
        return new Registries(() -> config, IMPATIENT, Proxies.of(Map.of()));
    }

    private ContentStore store() {
        return new ContentStore(directory.resolve("content"), Failpoints.none());
    }

    private void begun(int bytes) {
        try (Ingest ingest = store().ingest(WANTED)) {
            ingest.append(BLOB, bytes);
        }
    }

    private byte[] downloaded(Registry registry) {
        ContentStore store = store();
        try (Ingest ingest = store.ingest(WANTED)) {
            registry.download(ingest, () -> {});
        }
        return store.small(WANTED);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
