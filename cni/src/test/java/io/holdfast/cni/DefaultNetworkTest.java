package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultNetworkTest {
    private static final DefaultNetwork NETWORK =
            DefaultNetwork.of("hfc-absent", Subnet.parse("10.217.0.0/16"), Optional.empty());

    @TempDir
    Path temp;

    @Test
    void onlyInstalledPluginsAreNamed() throws Exception {
        Path bin = plugins("bridge", "host-local", "portmap");
        Path file = NETWORK.write(temp.resolve("net.d"), List.of(bin));

        NetworkConfig config = NetworkConfig.parse(Files.readString(file));
        assertThat(config.binaries()).containsExactly("bridge", "host-local", "portmap");
        assertThat(config.json())
                .contains("\"subnet\":\"10.217.0.0/16\"", "0.0.0.0/0")
                .doesNotContain("::/0");
    }

    @Test
    void anotherNetworkIsNotPushedAside() throws Exception {
        Path bin = plugins("bridge", "host-local");
        NETWORK.write(temp, List.of(bin));
        assertThatThrownBy(() -> NETWORK.write(temp, List.of(bin)))
                .isInstanceOf(Failure.AlreadyExists.class)
                .hasMessageContaining("network hfc-absent");
    }

    @Test
    void aMissingPluginSaysWhatToInstall() throws Exception {
        Path bin = plugins("bridge");
        assertThatThrownBy(() -> NETWORK.write(temp, List.of(bin)))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("host-local", "containernetworking-plugins");
    }

    @Test
    void aSubnetThatThisHostIsOnIsRefused() throws Exception {
        Path bin = plugins("bridge", "host-local");
        DefaultNetwork loopback = DefaultNetwork.of("hfc-absent", Subnet.parse("127.0.0.0/24"), Optional.empty());
        assertThatThrownBy(() -> loopback.write(temp, List.of(bin)))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("this host is on 127.0.0.0/8 by lo");
    }

    @Test
    void aBridgeThatServesAnotherSubnetIsRefused() throws Exception {
        Path bin = plugins("bridge", "host-local");
        DefaultNetwork taken = DefaultNetwork.of("lo", Subnet.parse("10.217.0.0/16"), Optional.empty());
        assertThatThrownBy(() -> taken.write(temp, List.of(bin)))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("name another bridge");
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/16, 10.1.0.0/16",
        "10.1.2.3/32, 10.1.2.3/32",
        "255.255.255.255/0, 0.0.0.0/0",
        "fd00:1:2::9/64, fd00:1:2:0:0:0:0:0/64",
        "10.1.2.3/15, 10.0.0.0/15"
    })
    void bitsBehindThePrefixAreCleared(String text, String subnet) {
        assertThat(Subnet.parse(text)).hasToString(subnet);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "a/8", "/8", "10.0.0.0/", "::/129"})
    void malformedSubnetsAreRefused(String text) {
        assertThatThrownBy(() -> Subnet.parse(text)).isInstanceOf(Failure.Invalid.class);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.9.0.0/16, true",
        "10.9.0.0/16, 10.0.0.0/8, true",
        "10.9.0.0/16, 10.8.0.0/16, false",
        "fd00::/64, fd00::1:0:0:0:0/63, true",
        "::/0, 0.0.0.0/0, false"
    })
    void overlapsAreSeenFromBothSides(String one, String other, boolean overlap) {
        assertThat(Subnet.parse(one).overlaps(Subnet.parse(other))).isEqualTo(overlap);
    }

    private Path plugins(String... types) throws Exception {
        Path bin = Files.createDirectory(temp.resolve("bin"));
        for (String type : types) {
            new ScriptPlugins(bin).with(type, "1.0.0", "");
        }
        return bin;
    }
}
