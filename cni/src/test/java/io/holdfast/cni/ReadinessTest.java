package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path temp;

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private ScriptPlugins plugins;

    @BeforeEach
    void open() {
        plugins = new ScriptPlugins(temp);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void noConfigIsTheReason() {
        assertThat(networks(LONG).whyNotReady()).get().asString().contains("no CNI network config in");
    }

    @Test
    void anInvalidFileIsTheReason() throws IOException {
        Files.writeString(temp.resolve("net.conf"), "{");
        assertThat(networks(LONG).whyNotReady()).get().asString().contains("invalid file " + temp.resolve("net.conf"));
    }

    @Test
    void aMissingPluginOrIpamIsTheReason() throws IOException {
        network("1.0.0");
        assertThat(networks(LONG).whyNotReady()).get().asString().contains("plugin main is missing from " + temp);
        plugins.with("main", "1.0.0", "");
        assertThat(networks(LONG).whyNotReady()).get().asString().contains("plugin addresses is missing");
        plugins.with("addresses", "1.0.0", "");
        assertThat(networks(LONG).whyNotReady()).isEmpty();
        assertThat(plugins.calls()).isEmpty();
    }

    @Test
    void whatStatusSaysIsTheReasonAndIsAskedOnceInAWhile() throws IOException {
        network("1.1.0");
        plugins.with("addresses", "1.1.0", "")
                .with("main", "1.0.0 1.1.0", "echo '{\"code\":50,\"msg\":\"agent is down\"}'; exit 1");
        Networks networks = networks(LONG);

        for (int i = 0; i < 20; i++) {
            assertThat(networks.whyNotReady())
                    .get()
                    .asString()
                    .contains("CNI STATUS of network net by plugin main: agent is down", "(code 50)");
        }

        assertThat(plugins.calls()).containsExactly("STATUS main");
    }

    @Test
    void anAddOnThatIsReplacedHasItsGrace() throws IOException {
        network("1.0.0");
        plugins.with("addresses", "1.0.0", "").with("main", "1.0.0", "");
        assertThat(ready(LONG)).isTrue();
        assertThat(ready(Duration.ZERO)).isFalse();
    }

    @Test
    void aHungStatusHoldsUpNoOne() throws IOException {
        network("1.1.0");
        plugins.with("addresses", "1.1.0", "").with("main", "1.1.0", "sleep 60");
        Networks networks = networks(LONG);
        long start = System.nanoTime();

        assertThat(networks.whyNotReady()).get().asString().contains("take long over STATUS");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aRemovedConfigCountsAtOnce() throws IOException {
        network("1.0.0");
        plugins.with("addresses", "1.0.0", "").with("main", "1.0.0", "");
        Networks networks = networks(LONG);
        assertThat(networks.whyNotReady()).isEmpty();
        Files.delete(temp.resolve("net.conf"));
        assertThat(networks.whyNotReady()).isPresent();
    }

    /** Whether a network that was ready still counts as ready after its plugin went and the answer became stale. */
    private boolean ready(Duration grace) throws IOException {
        Plugins binaries = new Plugins(
                new io.holdfast.linux.Subprocess(kernel, watch), List.of(temp), Duration.ofSeconds(2), _ -> {});
        Readiness readiness = new Readiness(binaries, new Chain(binaries), grace, Duration.ZERO);
        Network network = new ConfigDirectory(temp).read().network().orElseThrow();
        assertThat(readiness.whyNot(network)).isEmpty();
        Path binary = temp.resolve("main");
        Path away = Files.move(binary, temp.resolve("away"));
        try {
            return readiness.whyNot(network).isEmpty();
        } finally {
            Files.move(away, binary);
        }
    }

    private Networks networks(Duration grace) {
        return new Networks(
                new Networks.Settings(temp, List.of(temp), Duration.ofSeconds(2), grace), kernel, watch, _ -> {});
    }

    private void network(String version) throws IOException {
        Files.writeString(
                temp.resolve("net.conf"),
                "{\"cniVersion\":\"" + version
                        + "\",\"name\":\"net\",\"type\":\"main\",\"ipam\":{\"type\":\"addresses\"}}");
    }
}
