package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plugins that do everything wrong: each is named, bounded, and leaves no process. */
class BadPluginTest {
    private static final Duration LIMIT = Duration.ofMillis(700);

    @TempDir
    Path temp;

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private ScriptPlugins plugins;
    private Networks networks;

    @BeforeEach
    void open() throws IOException {
        plugins = new ScriptPlugins(temp);
        Files.writeString(temp.resolve("net.conf"), "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"bad\"}");
        var settings = new Networks.Settings(temp, List.of(temp), LIMIT, Duration.ZERO);
        networks = new Networks(settings, kernel, watch, _ -> {});
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "echo garbage|its result: not JSON",
                "true|its result: must be one JSON object, and is empty",
                "echo '{\"cniVersion\":\"1.0.0\"}'|gave the interface no address",
                "echo '{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"10.0.0.1/8\"}}'|the result is of CNI 0.2.0",
                "echo '{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.1.0.7/24\"}]}'; exit 1|exit code 1",
                "echo '{\"code\":7,\"msg\":\"no subnet\",\"details\":\"in ipam\"}'; exit 1|no subnet (in ipam);"
                        + " correct the network config (code 7)",
                "echo '{\"code\":11,\"msg\":\"soon\"}'; exit 1|soon; the plugin asks to be tried again later",
                "echo '{\"code\":123,\"msg\":\"own\"}'; exit 1|own; see the plugin's documentation for code 123",
                "echo panic: nil >&2; exit 2|exit code 2, saying \"panic: nil\"",
                "kill -9 $$|exit code 137",
                "head -c 3000000 /dev/zero|printed more than 1048576 bytes",
                "i=0; while [ $i -lt 300 ]; do l=\"$l,{\\\"address\\\":\\\"10.1.0.7/24\\\"}\"; i=$((i+1)); done; echo"
                        + " \"{\\\"ips\\\":[${l#,}]}\"|300 addresses",
            })
    void whateverItPrintsIsToldByPluginNetworkAndSandbox(String script, String message) {
        plugins.with("bad", "1.0.0", script);
        assertThatThrownBy(() -> networks.add(attachment()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("CNI ADD of network net, interface eth0 of box")
                .hasMessageContaining(message);
    }

    @Test
    void aHungPluginDiesWithAllItStarted() throws IOException {
        plugins.with(
                "bad",
                "1.0.0",
                "trap '' TERM; echo $$ > " + temp + "/pids; sleep 60 & echo $! >> " + temp + "/pids; wait; sleep 60");
        long start = System.nanoTime();

        assertThatThrownBy(() -> networks.add(attachment()))
                .isInstanceOf(Failure.TimedOut.class)
                .hasMessageContaining("plugin bad", "did not end within 700 ms");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        for (String pid : Files.readAllLines(temp.resolve("pids"))) {
            assertThat(ProcessIdentity.of(Long.parseLong(pid)))
                    .as("process " + pid)
                    .isEmpty();
        }
    }

    @Test
    void aGrandchildThatKeepsStdoutDelaysNothing() {
        plugins.with("bad", "1.0.0", "sleep 3 & echo '" + ScriptPlugins.RESULT + "'");
        assertThat(networks.add(attachment()).addresses()).containsExactly("10.1.0.7");
    }

    @Test
    void theCallersDeadlineIsKeptAndNothingIsStartedAfterIt() {
        plugins.with("bad", "1.0.0", "sleep 60");
        networks.whyNotReady();
        assertThatThrownBy(() -> Deadline.within(Duration.ZERO, () -> networks.add(attachment())))
                .isInstanceOf(Failure.TimedOut.class);
        assertThat(plugins.calls()).isEmpty();
    }

    @Test
    void aMissingPluginIsNamedWithWhereItWasSought() {
        assertThatThrownBy(() -> networks.add(attachment()))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("no such plugin in " + temp);
    }

    @Test
    void aPluginThatIsNoneIsTold() {
        plugins.script("bad", "#!/bin/sh\necho hello\n");
        assertThatThrownBy(() -> networks.add(attachment())).hasMessageContaining("is it a CNI plugin?");
    }

    private Attachment attachment() {
        return networks.current()
                .attachment(new AttachRequest("box", "/run/netns/box", "eth0", Map.of(), Capabilities.none()));
    }
}
