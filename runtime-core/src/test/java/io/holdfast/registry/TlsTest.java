package io.holdfast.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.holdfast.work.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry by https, whose certificate only its hosts.toml vouches for. */
@Timeout(60)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(US_ASCII);

    @TempDir
    Path directory;

    private HttpsServer server;
    private Path hosts;
    private boolean wantsClient;

    @BeforeEach
    void start() throws Exception {
        KeyStore store = keyStore();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(trustingItself(store)) {
            @Override
            public void configure(HttpsParameters parameters) {
                var wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(wantsClient);
                parameters.setSSLParameters(wanted);
            }
        });
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, MANIFEST.length);
            exchange.getResponseBody().write(MANIFEST);
            exchange.close();
        });
        server.start();
        hosts = Files.createDirectories(directory.resolve("certs.d/registry.example"));
        write("cert.pem", "CERTIFICATE", store.getCertificate("me").getEncoded());
        byte[] key = store.getKey("me", PASSWORD).getEncoded();
        write("key.pem", "PRIVATE KEY", key);
        write("rsa.pem", "RSA PRIVATE KEY", Arrays.copyOfRange(key, 26, key.length));
        Files.writeString(
                hosts.resolve("both.pem"),
                Files.readString(hosts.resolve("cert.pem")) + Files.readString(hosts.resolve("key.pem")));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        configure("");
        assertThatThrownBy(this::resolve)
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("no secure connection");
    }

    @Test
    void anAuthorityOfTheHostIsTrusted() throws Exception {
        configure("ca = \"cert.pem\"");
        assertThat(resolve()).isEqualTo(MANIFEST);
    }

    @Test
    void anotherHostsAuthorityIsNot() throws Exception {
        configure("");
        Files.writeString(
                hosts.resolve("hosts.toml"),
                "[host.\"https://elsewhere.invalid\"]\n  ca = \"cert.pem\"\n",
                java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(this::resolve).isInstanceOf(Failure.Unavailable.class);
    }

    @Test
    void verificationCanBeTurnedOff() throws Exception {
        configure("skip_verify = true");
        assertThat(resolve()).isEqualTo(MANIFEST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[[\"cert.pem\", \"key.pem\"]]", "[[\"cert.pem\", \"rsa.pem\"]]", "\"both.pem\"", "[\"both.pem\"]"
            })
    void aClientCertificateIsShown(String client) throws Exception {
        wantsClient = true;
        configure("ca = [\"cert.pem\"]");
        assertThatThrownBy(this::resolve).isInstanceOf(Failure.Unavailable.class);
        configure("ca = [\"cert.pem\"]\nclient = " + client);
        assertThat(resolve()).isEqualTo(MANIFEST);
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        configure("ca = \"none.pem\"");
        assertThatThrownBy(this::resolve).isInstanceOf(Failure.Broken.class).hasMessageContaining("none.pem");
        configure("ca = \"cert.pem\"\nclient = [[\"cert.pem\", \"cert.pem\"]]");
        assertThatThrownBy(this::resolve).isInstanceOf(Failure.Broken.class).hasMessageContaining("PKCS #8");
    }

    private byte[] resolve() {
        Reference reference = Reference.parse("registry.example/a:v");
        Duration limit = Duration.ofSeconds(5);
        Patience patience = new Patience(limit, limit, limit, limit, 1, Duration.ofMillis(1));
        Registries registries =
                new Registries(() -> Optional.of(directory.resolve("certs.d")), patience, Proxies.of(Map.of()));
        try (Registry registry = registries.open(reference, BoundSecret.of(new Secret.None(), "", reference))) {
            return registry.resolve().content();
        }
    }

    private void configure(String fields) throws Exception {
        Files.writeString(
                hosts.resolve("hosts.toml"),
                "server = \"https://127.0.0.1:" + server.getAddress().getPort() + "\"\n" + fields + "\n");
    }

    private void write(String name, String type, byte[] der) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                hosts.resolve(name), "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    private KeyStore keyStore() throws Exception {
        Path file = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "me",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=registry",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), PASSWORD);
    }

    private static SSLContext trustingItself(KeyStore store) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("me", store.getCertificate("me"));
        trust.init(trusted);
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return made;
    }
}
