package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
    @TempDir
    Path config;

    @ParameterizedTest
    @CsvSource({
        "docker.io, https://registry-1.docker.io/v2",
        "quay.io, https://quay.io/v2",
        "quay.io:8443, https://quay.io:8443/v2",
        "localhost:5000, http://localhost:5000/v2",
        "127.0.0.1:5000, http://127.0.0.1:5000/v2",
        "127.9.9.9, http://127.9.9.9/v2",
        "[::1]:5000, http://[::1]:5000/v2",
        "localhost:443, https://localhost:443/v2",
        "10.0.0.1:5000, https://10.0.0.1:5000/v2",
    })
    void withoutAFileARegistryStandsForItself(String registry, String base) {
        assertThat(bases(Hosts.of(Optional.empty(), registry))).containsExactly(base);
        assertThat(bases(Hosts.of(Optional.of(config), registry))).containsExactly(base);
    }

    @Test
    void hostsKeepTheirOrderAndTheRegistryComesLast() throws IOException {
        write("docker.io", """
            [host."https://z.example"]
              capabilities = ["pull"]
              [host."https://z.example".header]
                x-key = ["a", "b"]
            [host."http://a.example:5000/mirror"]
            [host."b.example/v2/hub"]
              override_path = true
              skip_verify = true
            """);
        List<RegistryHost> hosts = Hosts.of(Optional.of(config), "docker.io");
        assertThat(bases(hosts))
                .containsExactly(
                        "https://z.example/v2",
                        "http://a.example:5000/mirror/v2",
                        "https://b.example/v2/hub",
                        "https://registry-1.docker.io/v2");
        assertThat(hosts.get(0).capabilities()).containsExactly(RegistryHost.Capability.PULL);
        assertThat(hosts.get(0).headers()).containsEntry("x-key", List.of("a", "b"));
        assertThat(hosts.get(0).endpoint("a/b", "manifests/x"))
                .hasToString("https://z.example/v2/a/b/manifests/x?ns=docker.io");
        assertThat(hosts.get(1).capabilities()).hasSize(2);
        assertThat(hosts.get(2).tls().skipVerify()).isTrue();
        assertThat(hosts.get(3).endpoint("a/b", "manifests/x"))
                .hasToString("https://registry-1.docker.io/v2/a/b/manifests/x");
    }

    @Test
    void aServerIsAskedLastWithTheFieldsOfTheTop() throws IOException {
        write("quay.io", """
            server = "http://127.0.0.1:5000"
            capabilities = ["pull", "resolve", "push"]
            ca = "own.crt"
            client = [["c.crt", "c.key"]]
            [host."https://mirror.example"]
              client = ["both.pem"]
            """);
        List<RegistryHost> hosts = Hosts.of(Optional.of(config), "quay.io");
        assertThat(bases(hosts)).containsExactly("https://mirror.example/v2", "http://127.0.0.1:5000/v2");
        Path directory = config.resolve("quay.io");
        assertThat(hosts.get(1).tls().authorities()).containsExactly(directory.resolve("own.crt"));
        assertThat(hosts.get(1).tls().identities())
                .containsExactly(new Tls.Identity(directory.resolve("c.crt"), directory.resolve("c.key")));
        assertThat(hosts.get(0).tls().identities())
                .containsExactly(new Tls.Identity(directory.resolve("both.pem"), directory.resolve("both.pem")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"r.example:5000", "r.example_5000_", "r.example", "_default"})
    void aDirectoryHasSeveralSpellings(String name) throws IOException {
        write(name, "[host.\"http://m.example\"]\n");
        assertThat(bases(Hosts.of(Optional.of(config), "r.example:5000")))
                .containsExactly("http://m.example/v2", "https://r.example:5000/v2");
    }

    @Test
    void theFileIsReadAnewForEachPull() throws IOException {
        write("r.example", "[host.\"http://one.example\"]\n");
        Hosts.of(Optional.of(config), "r.example");
        write("r.example", "[host.\"http://two.example\"]\n");
        assertThat(bases(Hosts.of(Optional.of(config), "r.example"))).startsWith("http://two.example/v2");
    }

    @Test
    void certificatesAloneAreDockersWay() throws IOException {
        Path directory = Files.createDirectories(config.resolve("r.example"));
        for (String name : List.of("ca.crt", "me.cert", "me.key")) {
            Files.createFile(directory.resolve(name));
        }
        Tls tls = Hosts.of(Optional.of(config), "r.example").getFirst().tls();
        assertThat(tls.authorities()).containsExactly(directory.resolve("ca.crt"));
        assertThat(tls.identities())
                .containsExactly(new Tls.Identity(directory.resolve("me.cert"), directory.resolve("me.key")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server = ",
                "server = 5",
                "server = \"file:///etc\"",
                "[host.\"http://u:p@h\"]",
                "[host.\"http://h?x\"]",
                "[host.\"http://h:99999\"]",
                "capabilites = [\"pull\"]",
                "[host.\"http://h\"]\n capabilities = [\"fly\"]",
                "[host.\"http://h\"]\n capabilites = [\"pull\"]",
                "[host.\"http://h\".header]\n x = \"a\\r\\nb: c\"",
                "[host.\"http://h\"]\n client = [[\"a\",\"b\",\"c\"]]"
            })
    void aFileThatIsWrongIsNamedInTheError(String text) throws IOException {
        write("r.example", text);
        assertThatThrownBy(() -> Hosts.of(Optional.of(config), "r.example"))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("r.example/hosts.toml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://me:s3cret@h", "http://h?token=s3cret", "http://me:s3/cret@h", "me:s3cret@h:x"})
    void aMessageDoesNotShowTheSecretForWhichAUrlIsRefused(String url) throws IOException {
        write("r.example", "[host.\"" + url + "\"]");
        assertThatThrownBy(() -> Hosts.of(Optional.of(config), "r.example"))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("r.example/hosts.toml")
                .hasMessageNotContainingAny("s3", "cret", "me:");
    }

    @Test
    void theRegistryIsItselfWithItsPortWrittenOrNot() throws IOException {
        write("r.example:443", "server = \"https://r.example\"\n");
        assertThat(Hosts.of(Optional.of(config), "r.example:443").getFirst().namespace())
                .isEmpty();
    }

    private static List<String> bases(List<RegistryHost> hosts) {
        return hosts.stream().map(RegistryHost::toString).toList();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(Files.createDirectories(config.resolve(name)).resolve("hosts.toml"), text);
    }
}
