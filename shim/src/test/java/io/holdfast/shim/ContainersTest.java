package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.Container;
import io.holdfast.container.ContainerState;
import io.holdfast.container.Containers;
import io.holdfast.container.OciRuntime;
import io.holdfast.container.Resources;
import io.holdfast.container.Security;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs of {@link Containers} on all real parts. */
class ContainersTest {
    private static final Path CRUN = Path.of("/usr/bin/crun");

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/crun", "/usr/sbin/runc"})
    void aContainerRunsLogsAndExits(String binary) {
        try (Node node = new Node(Path.of(binary))) {
            String id = node.run("echo hello; exit 7");
            ContainerState.Exited exited = node.exited(id);
            assertThat(exited.exit().code()).isEqualTo(7);
            assertThat(exited.exit().doubt()).isEmpty();
            assertThat(exited.reason()).isEqualTo("Error");
            assertThat(node.log(id)).endsWith(" stdout F hello\n");
            node.containers().remove(id);
            assertThat(node.left()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/crun", "/usr/sbin/runc"})
    void whatTheKernelKillsForMemoryIsCalledThat(String binary) {
        try (Node node = new Node(Path.of(binary))) {
            String id = node.run(Node.config(
                    List.of("tail", "/dev/zero"), Node.memory(24 << 20), new Security.PidNamespace.Container(), false));
            ContainerState.Exited exited = node.exited(id);
            assertThat(exited.exit().code()).isEqualTo(137);
            assertThat(exited.reason()).isEqualTo("OOMKilled");
            String other = node.run("sleep 100");
            node.containers().stop(other, Duration.ZERO);
            assertThat(node.exited(other).exit().code()).isEqualTo(137);
            assertThat(node.exited(other).reason()).isEqualTo("Error");
        }
    }

    @Test
    void aStopSignalIsHeardAndADeafContainerKilled() {
        try (Node node = new Node(CRUN)) {
            String polite = node.run("trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done");
            Lab.await("it to listen", () -> node.log(polite).contains("ready"));
            node.containers().stop(polite, Duration.ofSeconds(30));
            assertThat(node.exited(polite).exit().code()).isEqualTo(5);
            String deaf = node.run("trap '' TERM; echo ready; while :; do sleep 0.05; done");
            Lab.await("it to be deaf", () -> node.log(deaf).contains("ready"));
            node.containers().stop(deaf, Duration.ofMillis(300));
            assertThat(node.exited(deaf).exit().code()).isEqualTo(137);
        }
    }

    @Test
    void containersLiveOnWithoutADaemonAndTheirExitCodesAreKnown() throws Exception {
        try (Node node = new Node(CRUN)) {
            List<String> ids = IntStream.range(0, 5)
                    .mapToObj(i -> node.run("while [ ! -e /tmp-go ]; do echo line; sleep 0.05; done; exit 4" + i))
                    .toList();
            List<Container> before = node.containers().list();
            // The old daemon is given up only here: what happens until now it has seen.
            for (int i = 0; i < 2; i++) {
                Files.createFile(root(node, ids.get(i)).resolve("tmp-go"));
            }
            Containers after = node.restart();
            assertThat(after.list())
                    .extracting(Container::id)
                    .isEqualTo(before.stream().map(Container::id).toList());
            assertThat(node.exited(ids.get(0)).exit().code()).isEqualTo(40);
            assertThat(node.exited(ids.get(1)).exit().code()).isEqualTo(41);
            assertThat(after.find(ids.get(2)).state()).isInstanceOf(ContainerState.Running.class);
            int lines = node.log(ids.get(2)).length();
            Lab.await("more lines", () -> node.log(ids.get(2)).length() > lines);
            after.stop(ids.get(3), Duration.ZERO);
            assertThat(node.exited(ids.get(3)).exit().code()).isEqualTo(137);
        }
    }

    @Test
    void aProgramRunsInAContainerAndNoneInOneThatHasExited() {
        try (Node node = new Node(CRUN)) {
            String id = node.run("sleep 100");
            OciRuntime.ExecResult result =
                    node.containers().exec(id, List.of("sh", "-c", "echo out; echo err >&2; exit 3"), Optional.empty());
            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(new String(result.stdout(), StandardCharsets.UTF_8)).isEqualTo("out\n");
            assertThat(new String(result.stderr(), StandardCharsets.UTF_8)).isEqualTo("err\n");
            assertThatThrownBy(() ->
                            node.containers().exec(id, List.of("sleep", "50"), Optional.of(Duration.ofMillis(200))))
                    .isInstanceOf(Failure.TimedOut.class);
            node.containers().stop(id, Duration.ZERO);
            assertThatThrownBy(() -> node.containers().exec(id, List.of("true"), Optional.empty()))
                    .isInstanceOf(Failure.WrongState.class);
        }
    }

    @Test
    void changedLimitsAreInTheKernelAndUsageComesFromThere() {
        try (Node node = new Node(CRUN)) {
            String id = node.run(Node.config(
                    List.of("sh", "-c", "while :; do :; done"),
                    Node.memory(64 << 20),
                    new Security.PidNamespace.Container(),
                    false));
            node.containers().update(id, new Resources(0, 0, 321, 0, 0, 0, "", "", Map.of(), Map.of()));
            node.containers().update(id, Node.memory(128 << 20));
            assertThat(node.containers().find(id).config().resources().cpuShares())
                    .isEqualTo(321);
            Lab.await(
                    "some cpu time",
                    () -> node.containers().usage(id).group().cpuNanos().orElse(0) > 10_000_000);
            var memory = node.containers().usage(id).group().memory().orElseThrow();
            assertThat(memory.limit()).hasValue(128 << 20);
            assertThat(memory.usage()).isPositive();
            assertThat(node.containers().usage(id).group().pids().orElse(0)).isPositive();
            assertThat(node.containers().usage(id).writable().inodes()).isPositive();
        }
    }

    @Test
    void aVolumeCanBeWrittenWhereTheRootCannot() {
        try (Node node = new Node(CRUN)) {
            node.volumes("/data", "/new");
            String id = node.run(Node.config(
                    List.of("sh", "-c", "cat /data/from-the-image; echo x > /data/f && echo y > /new/g; echo z > /h"),
                    Resources.none(),
                    new Security.PidNamespace.Container(),
                    true));
            assertThat(node.exited(id).exit().code()).isEqualTo(1);
            assertThat(node.log(id)).contains("content").contains("Read-only");
            assertThat(node.directory.resolve("root/containers/" + id + "/volumes/0/f"))
                    .hasContent("x");
            assertThat(node.directory.resolve("root/containers/" + id + "/volumes/1/g"))
                    .hasContent("y");
        }
    }

    @Test
    void whatRunsInTheNodesPidNamespaceEndsWithItsFirstProcess() {
        try (Node node = new Node(CRUN)) {
            String id = node.run(Node.config(
                    List.of("sh", "-c", "setsid sleep 300 & setsid sleep 300 & sleep 0.1; exit 3"),
                    Resources.none(),
                    new Security.PidNamespace.Node(),
                    false));
            assertThat(node.exited(id).exit().code()).isEqualTo(3);
            assertThat(node.cgroup.processes(node.containers().find(id).cgroup()))
                    .isEmpty();
        }
    }

    @Test
    void aProgramThatIsNotThereLeavesNothing() throws Exception {
        try (Node node = new Node(CRUN)) {
            assertThatThrownBy(() -> node.run(Node.config(
                            List.of("/no/such/program"),
                            Resources.none(),
                            new Security.PidNamespace.Container(),
                            false)))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("/no/such/program");
            node.containers().list().forEach(container -> node.containers().remove(container.id()));
            assertThat(node.left()).isEmpty();
            // A kubelet would count it as a start.
            try (var logs = Files.walk(node.directory.resolve("logs"))) {
                assertThat(logs).noneMatch(Files::isRegularFile);
            }
        }
    }

    @Test
    void aLogIsReopenedWhileItsMonitorLives() throws Exception {
        try (Node node = new Node(CRUN)) {
            String id = node.run("while :; do echo line; sleep 0.02; done");
            Path log = node.containers().find(id).logPath().orElseThrow();
            Lab.await("a line", () -> node.log(id).contains("line"));
            Files.move(log, log.resolveSibling("rotated"));
            node.containers().reopenLog(id);
            Lab.await("a line in the new file", () -> node.log(id).contains("line"));
        }
    }

    private static Path root(Node node, String id) {
        return node.directory.resolve("state/containers/" + id + "/rootfs");
    }
}
