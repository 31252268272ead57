package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.content.ContentStore;
import io.holdfast.content.Descriptor;
import io.holdfast.content.Ingest;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that come byte by byte and would never end: none of them may hold a pull. */
@Timeout(60)
class DripTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Patience IMPATIENT = new Patience(SHORT, SHORT, SHORT, SHORT, 10_000, Duration.ofMillis(20));
    private static final byte[] BLOB = new byte[300_000];
    private static final Map<String, String> LONG = Map.of("Content-Length", Integer.toString(BLOB.length));

    @TempDir
    Path directory;

    private final FakeRegistry fake = new FakeRegistry();

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void ofAManifestIsNotTakenForProgress() {
        fake.script((_, wire) -> drip(wire, 200));
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("too slow");
        }
    }

    @Test
    void ofASmallBlobIsNotTakenForProgress() {
        fake.script((_, wire) -> drip(wire, 200));
        try (Registry registry = open()) {
            assertThatThrownBy(() -> registry.bytes(Descriptor.of("", BLOB)))
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("too slow");
        }
    }

    @Test
    void ofATokenIsNotTakenForProgress() {
        Map<String, String> challenge = Map.of("WWW-Authenticate", "Bearer realm=\"http://" + fake.host() + "/token\"");
        fake.script((request, wire) ->
                request.path().startsWith("/token") ? drip(wire, 200) : wire.answer(401, challenge, ""));
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Unavailable.class)
                    .hasMessageContaining("too slow");
        }
    }

    @Test
    void ofAnErrorsTextIsNotWaitedFor() {
        fake.script((_, wire) -> drip(wire, 404));
        try (Registry registry = open()) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.NotFound.class)
                    .hasMessageContaining("HTTP 404");
        }
    }

    @Test
    void fastEnoughStillEndsWithThePullsTime() {
        fake.script((_, wire) -> {
            wire.start(200, LONG);
            for (int at = 0; at < BLOB.length; at += 1_000) {
                wire.send(BLOB, at, 1_000);
                pause(50);
            }
            return true;
        });
        ContentStore store = new ContentStore(directory.resolve("content"), Failpoints.none());
        try (Registry registry = open();
                Ingest ingest = store.ingest(Descriptor.of("", BLOB))) {
            assertThatThrownBy(() -> Deadline.own(SHORT, () -> registry.download(ingest, () -> {})))
                    .isInstanceOf(Failure.TimedOut.class);
            assertThat(ingest.whole()).isFalse();
        }
    }

    private static boolean drip(Wire wire, int status) throws IOException {
        wire.start(status, LONG);
        for (byte one : BLOB) {
            wire.send(new byte[] {one}, 0, 1);
            pause(5);
        }
        return true;
    }

    private Registry open() {
        Reference reference = Reference.parse(fake.host() + "/a/b:v1");
        return new Registries(Optional::empty, IMPATIENT, Proxies.of(Map.of()))
                .open(reference, BoundSecret.of(new Secret.None(), "", reference));
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
