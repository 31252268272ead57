package io.holdfast.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.content.ContentStore;
import io.holdfast.content.Descriptor;
import io.holdfast.content.Ingest;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets to see credentials and tokens, and who does not. */
@Timeout(60)
class AuthorizationTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(US_ASCII);
    private static final byte[] BLOB = "some layer".getBytes(US_ASCII);
    private static final Secret PASSWORD = new Secret.Password("me", "s3cret");
    private static final String BASIC = "Basic " + Base64.getEncoder().encodeToString("me:s3cret".getBytes(US_ASCII));

    @TempDir
    Path directory;

    private final FakeRegistry fake = new FakeRegistry();
    private final FakeRegistry other = new FakeRegistry();

    @BeforeEach
    void fill() {
        fake.manifest("a/b", "v1", TYPE, MANIFEST);
        fake.blob("a/b", BLOB);
        other.blob("x", BLOB);
    }

    @AfterEach
    void close() {
        fake.close();
        other.close();
    }

    @Test
    void basicIsSentOnlyWhenAskedFor() {
        try (Registry registry = open(PASSWORD, "")) {
            registry.resolve();
            assertThat(fake.requests().getFirst().header("authorization")).isEmpty();
            fake.script((request, wire) -> !request.header("authorization").equals(BASIC)
                    && wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
            registry.resolve();
            fake.forget();
            registry.resolve();
            assertThat(fake.requests()).hasSize(1);
        }
    }

    @Test
    void aBearerTokenIsFetchedForTheRepositoryAndRenewedWhenItRunsOut() {
        AtomicInteger tokens = new AtomicInteger();
        other.script(
                (request, wire) -> wire.answer(200, Map.of(), "{\"token\":\"t" + tokens.incrementAndGet() + "\"}"));
        fake.script((request, wire) ->
                !request.header("authorization").equals("Bearer t" + tokens.get()) && wire.answer(401, bearer(), ""));
        try (Registry registry = open(PASSWORD, "")) {
            registry.resolve();
            registry.resolve();
            assertThat(tokens).hasValue(1);
            tokens.incrementAndGet();
            registry.resolve();
            assertThat(tokens).hasValue(3);
        }
        FakeRegistry.Request asked = other.requests().getFirst();
        assertThat(asked.path()).isEqualTo("/token?scope=repository%3Aa%2Fb%3Apull&service=reg");
        assertThat(asked.header("authorization")).isEqualTo(BASIC);
    }

    @Test
    void withoutCredentialsATokenIsAskedForAnonymously() {
        other.script((request, wire) -> wire.answer(200, Map.of(), "{\"access_token\":\"t\"}"));
        fake.script((request, wire) ->
                !request.header("authorization").equals("Bearer t") && wire.answer(401, bearer(), ""));
        try (Registry registry = open(new Secret.None(), "")) {
            registry.resolve();
        }
        assertThat(other.requests().getFirst().header("authorization")).isEmpty();
    }

    @Test
    void anIdentityTokenIsExchangedByPost() {
        other.script((request, wire) -> wire.answer(200, Map.of(), "{\"access_token\":\"t\"}"));
        fake.script((request, wire) ->
                !request.header("authorization").equals("Bearer t") && wire.answer(401, bearer(), ""));
        try (Registry registry = open(new Secret.IdentityToken("refr3sh"), "")) {
            registry.resolve();
        }
        FakeRegistry.Request asked = other.requests("POST", "/token").getFirst();
        assertThat(asked.body())
                .contains("grant_type=refresh_token")
                .contains("refresh_token=refr3sh")
                .contains("service=reg")
                .contains("scope=repository%3Aa%2Fb%3Apull");
        assertThat(asked.path()).isEqualTo("/token");
    }

    @Test
    void aRegistryTokenIsShownAsItIs() {
        fake.script((request, wire) -> !request.header("authorization").equals("Bearer mine")
                && wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
        try (Registry registry = open(new Secret.RegistryToken("mine"), "")) {
            registry.resolve();
        }
    }

    @Test
    void whoRefusesForGoodIsAskedTwiceAndTheErrorNamesHostAndRepositoryAlone() {
        other.script((request, wire) -> wire.answer(200, Map.of(), "{\"token\":\"t0k3n\"}"));
        fake.script((request, wire) -> wire.answer(401, bearer(), "{\"errors\":[{\"code\":\"DENIED\"}]}"));
        try (Registry registry = open(PASSWORD, "")) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Denied.class)
                    .hasMessageContaining(fake.host())
                    .hasMessageContaining("a/b")
                    .hasMessageContaining("DENIED")
                    .hasMessageNotContaining("s3cret")
                    .hasMessageNotContaining("t0k3n")
                    .hasNoCause();
        }
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void aTokenEndpointThatRefusesIsNamed() {
        other.script((request, wire) -> wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
        fake.script((request, wire) -> wire.answer(401, bearer(), ""));
        try (Registry registry = open(PASSWORD, "")) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Denied.class)
                    .hasMessageContaining("token endpoint http://" + other.host());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret-garbage", "[]", "{}", "{\"token\":{}}", "{\"token\":\"a\\r\\nX: b\"}", "<html>"})
    void anAnswerWithoutATokenIsRefusedAndNotQuoted(String body) {
        other.script((request, wire) -> wire.answer(200, Map.of(), body));
        fake.script((request, wire) -> wire.answer(401, bearer(), ""));
        try (Registry registry = open(PASSWORD, "")) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageNotContaining("garbage")
                    .hasNoCause();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "unix:///run/x.sock",
                "http://169.254.169.254/latest",
                "http://[fe80::1]/",
                "http://u:p@127.0.0.1/",
                "//",
                "",
                "http://a b/"
            })
    void aTokenEndpointCannotBeJustAnything(String realm) {
        fake.script(
                (request, wire) -> wire.answer(401, Map.of("WWW-Authenticate", "Bearer realm=\"" + realm + "\""), ""));
        try (Registry registry = open(PASSWORD, "")) {
            assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Broken.class);
        }
    }

    @Test
    void aRedirectToAnotherHostTakesNoCredentialsAlong() {
        fake.script((request, wire) -> {
            if (!request.header("authorization").equals(BASIC)) {
                return wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), "");
            }
            return request.path().contains("/blobs/") && wire.answer(307, Map.of("Location", stored("signature")), "");
        });
        try (Registry registry = open(PASSWORD, "")) {
            assertThat(registry.bytes(Descriptor.of("", BLOB))).isEqualTo(BLOB);
        }
        assertThat(other.requests())
                .isNotEmpty()
                .allSatisfy(
                        request -> assertThat(request.header("authorization")).isEmpty());
    }

    @Test
    void aRedirectWithinTheHostDoes() {
        fake.script((request, wire) -> {
            if (!request.header("authorization").equals(BASIC)) {
                return wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), "");
            }
            return request.path().contains("/tags-moved/")
                    || request.path().endsWith("/v1")
                            && wire.answer(
                                    302,
                                    Map.of(
                                            "Location",
                                            "/v2/a/b/manifests/"
                                                    + Descriptor.of("", MANIFEST)
                                                            .digest()),
                                    "");
        });
        try (Registry registry = open(PASSWORD, "")) {
            assertThat(registry.resolve().content()).isEqualTo(MANIFEST);
        }
    }

    @Test
    void aDemandOfARedirectsTargetIsNotAnswered() {
        other.script((request, wire) -> wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
        fake.script((request, wire) ->
                request.path().contains("/blobs/") && wire.answer(307, Map.of("Location", stored("s1gnature")), ""));
        try (Registry registry = open(PASSWORD, "")) {
            assertThatThrownBy(() -> registry.bytes(Descriptor.of("", BLOB)))
                    .isInstanceOf(Failure.Denied.class)
                    .hasMessageContaining(other.host())
                    .hasMessageNotContaining("s1gnature");
        }
        assertThat(other.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "http://169.254.169.254/latest/meta-data",
                "ftp://127.0.0.1/x",
                "http://user@127.0.0.1/",
                "javascript:alert(1)",
                "http://[::ffff:169.254.169.254]/"
            })
    void aRedirectLeadsToRegistriesAlone(String target) {
        fake.script((request, wire) -> wire.answer(302, Map.of("Location", target), ""));
        try (Registry registry = open(PASSWORD, "")) {
            assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Broken.class);
        }
    }

    @Test
    void aLoopOfRedirectsEnds() {
        fake.script((request, wire) -> wire.answer(302, Map.of("Location", request.path()), ""));
        try (Registry registry = open(PASSWORD, "")) {
            assertThatThrownBy(registry::resolve)
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageContaining("redirects");
        }
        assertThat(fake.requests()).hasSize(6);
    }

    @Test
    void aMirrorNeverSeesTheRegistrysCredentials() throws IOException {
        other.script((request, wire) -> wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
        mirror();
        try (Registry registry = open(PASSWORD, "")) {
            registry.resolve();
        }
        assertThat(other.requests()).hasSize(1);
        assertThat(other.requests().getFirst().header("authorization")).isEmpty();
    }

    @Test
    void aServerAddressBindsThemToThatHost() throws IOException {
        other.manifest("a/b", "v1", TYPE, MANIFEST);
        other.script((request, wire) -> !request.header("authorization").equals(BASIC)
                && wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
        mirror();
        try (Registry registry = open(PASSWORD, "http://" + other.host() + "/v1/")) {
            registry.resolve();
        }
        assertThat(fake.requests()).isEmpty();
        fake.script((request, wire) -> wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
        try (Registry registry = open(PASSWORD, "elsewhere.example")) {
            assertThatThrownBy(registry::resolve).isInstanceOf(Failure.Denied.class);
        }
        assertThat(fake.requests())
                .allSatisfy(
                        request -> assertThat(request.header("authorization")).isEmpty());
    }

    @Test
    void dockerHubHasSeveralNames() {
        Reference hub = Reference.parse("busybox");
        Origin origin = Origin.of(java.net.URI.create("https://registry-1.docker.io/v2"));
        for (String address : new String[] {"", "https://index.docker.io/v1/", "docker.io", "registry-1.docker.io"}) {
            assertThat(BoundSecret.of(PASSWORD, address, hub).reveal(origin)).isEqualTo(PASSWORD);
        }
        assertThat(BoundSecret.of(PASSWORD, "quay.io", hub).reveal(origin)).isInstanceOf(Secret.None.class);
    }

    @Test
    void thePortOfTheSchemeMayBeWrittenOrNot() {
        Origin secure = Origin.of(java.net.URI.create("https://r.example/v2"));
        Origin plain = Origin.of(java.net.URI.create("http://r.example/v2"));
        Reference written = Reference.parse("R.example:443/app");
        assertThat(BoundSecret.of(PASSWORD, "", written).reveal(secure)).isEqualTo(PASSWORD);
        assertThat(BoundSecret.of(PASSWORD, "r.example:443", written).reveal(secure))
                .isEqualTo(PASSWORD);
        assertThat(BoundSecret.of(PASSWORD, "https://r.example", written).reveal(secure))
                .isEqualTo(PASSWORD);
        assertThat(BoundSecret.of(PASSWORD, "r.example:80", written).reveal(plain))
                .isEqualTo(PASSWORD);
        assertThat(BoundSecret.of(PASSWORD, "", written).reveal(plain)).isInstanceOf(Secret.None.class);
        assertThat(BoundSecret.of(PASSWORD, "r.example:5000", written).reveal(secure))
                .isInstanceOf(Secret.None.class);
    }

    @Test
    void anAuthFieldIsBase64OfUserAndPassword() {
        String auth = Base64.getEncoder().encodeToString("me:s3:cret\0\0".getBytes(US_ASCII));
        assertThat(Secret.decode(auth)).isEqualTo(new Secret.Password("me", "s3:cret"));
        assertThatThrownBy(() -> Secret.decode("s3cret!!"))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
        assertThatThrownBy(() -> Secret.decode(Base64.getEncoder().encodeToString("x".getBytes(US_ASCII))))
                .isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void aRedirectedDownloadKeepsItsRange() {
        fake.script((request, wire) ->
                request.path().contains("/blobs/") && wire.answer(307, Map.of("Location", stored("x")), ""));
        ContentStore store = new ContentStore(directory.resolve("content"), Failpoints.none());
        try (Ingest ingest = store.ingest(Descriptor.of("", BLOB));
                Registry registry = open(PASSWORD, "")) {
            ingest.append(BLOB, 4);
            registry.download(ingest, () -> {});
            assertThat(ingest.whole()).isTrue();
        }
        assertThat(other.requests().getFirst().header("range")).isEqualTo("bytes=4-");
    }

    private String stored(String signature) {
        return "http://" + other.host() + "/v2/x/blobs/"
                + Descriptor.of("", BLOB).digest() + "?sig=" + signature;
    }

    private Map<String, String> bearer() {
        return Map.of("WWW-Authenticate", "Bearer realm=\"http://" + other.host() + "/token\",service=\"reg\"");
    }

    private void mirror() throws IOException {
        Path hosts = Files.createDirectories(directory.resolve("certs.d").resolve(fake.host()));
        Files.writeString(hosts.resolve("hosts.toml"), "[host.\"http://" + other.host() + "\"]\n");
    }

    private Registry open(Secret secret, String serverAddress) {
        Reference reference = Reference.parse(fake.host() + "/a/b:v1");
        Patience patience = new Patience(SHORT, SHORT, SHORT, SHORT, 1, Duration.ofMillis(10));
        return new Registries(() -> Optional.of(directory.resolve("certs.d")), patience, Proxies.of(Map.of()))
                .open(reference, BoundSecret.of(secret, serverAddress, reference));
    }
}
