package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Spawn;
import io.holdfast.linux.Subprocess;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin that has begun ends, whatever becomes of who started it; only then does the next one start. */
class StragglersTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @TempDir
    Path temp;

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final List<Integer> started = new ArrayList<>();
    private ScriptPlugins plugins;
    private Networks networks;

    @BeforeEach
    void open() throws IOException {
        plugins = new ScriptPlugins(temp).with("slow", "1.0.0", "[ -e DIR/ended ]".replace("DIR", temp.toString()));
        Files.writeString(temp.resolve("net.conf"), "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"slow\"}");
        networks =
                new Networks(new Networks.Settings(temp, List.of(temp), LIMIT, Duration.ZERO), kernel, watch, _ -> {});
    }

    @AfterEach
    void close() {
        Subprocess subprocess = new Subprocess(kernel, watch);
        started.forEach(kernel::killGroup);
        started.forEach(subprocess::awaitExit);
        watch.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "DEL"})
    void oneThatADeadDaemonLeftRunningEndsBeforeTheDelete(String command) {
        leave("box", command, "sleep 0.5; touch " + temp + "/ended");

        networks.delete(attachment(), Optional.of("{}"));

        assertThat(plugins.calls()).containsExactly("DEL slow");
    }

    @Test
    void oneThatNeverEndsIsKilledWithAllItStarted() throws IOException {
        Files.createFile(temp.resolve("ended"));
        int straggler = leave("box", "ADD", "sleep 61 & sleep 62 & wait");
        int stranger = leave("boxer", "ADD", "sleep 60");

        networks.delete(attachment(), Optional.empty());

        assertThat(ProcessIdentity.of(straggler)).isEmpty();
        assertThat(ProcessIdentity.of(stranger)).isPresent();
        assertThat(sleeping()).doesNotContain("61", "62");
    }

    /** Any pod may give its processes a plugin's environment. */
    @Test
    void aPodsProcessIsNoPluginWhateverItsEnvironment() throws IOException {
        Files.createFile(temp.resolve("ended"));
        int pods = leave("box", "DEL", "exec unshare --mount sleep 60");
        while (mountNamespace("self").equals(mountNamespace("" + pods))) {
            assertThat(ProcessIdentity.of(pods)).isPresent();
        }

        networks.delete(attachment(), Optional.empty());

        assertThat(ProcessIdentity.of(pods)).isPresent();
    }

    /** Cut off once the interface is gone, it would never be known again what else there was to undo. */
    @Test
    void aDeleteThatHasBegunIsNotCutOffByItsCallersDeadline() {
        plugins.with("slow", "1.0.0", "sleep 2.5; touch " + temp + "/ended");

        networks.whyNotReady(); // asks for the versions, which is no part of this

        Deadline.within(Duration.ofSeconds(2), () -> {
            networks.delete(attachment(), Optional.empty());
            return true;
        });

        assertThat(temp.resolve("ended")).exists();
        assertThatThrownBy(() -> Deadline.within(Duration.ZERO, () -> {
                    networks.delete(attachment(), Optional.empty());
                    return true;
                }))
                .isInstanceOf(Failure.TimedOut.class);
        assertThat(plugins.calls()).hasSize(1);
    }

    /** As a daemon that is no more has started it: in a process group of its own, with a plugin's environment. */
    private int leave(String containerId, String command, String script) {
        Map<String, String> environment =
                Map.of("PATH", "/usr/bin:/bin", "CNI_COMMAND", command, "CNI_CONTAINERID", containerId);
        int pid = new Spawn(List.of("sh", "-c", script), environment, List.of(), Path.of("/")).start(kernel);
        started.add(pid);
        return pid;
    }

    private static Path mountNamespace(String process) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", process, "ns/mnt"));
    }

    private static List<String> sleeping() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("sleep"))
                .flatMap(process ->
                        java.util.Arrays.stream(process.info().arguments().orElse(new String[0])))
                .toList();
    }

    private Attachment attachment() {
        return networks.current()
                .attachment(new AttachRequest("box", "/run/netns/box", "eth0", Map.of(), Capabilities.none()));
    }
}
