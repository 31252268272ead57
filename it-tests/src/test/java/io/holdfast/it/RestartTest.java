package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri.ContainerState;
import io.holdfast.runtime.v1.Cri.NamespaceMode;
import io.holdfast.runtime.v1.Cri.PodSandboxConfig;
import io.holdfast.runtime.v1.Cri.PodSandboxState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What containers and the daemon's next life know of each other after the daemon died. */
@Conformance
@Tag("holdfast")
class RestartTest {
    private static final String COUNTS = "i=0; while :; do echo $i; i=$((i+1)); usleep 5000; done";
    private static final Duration SOON = Duration.ofSeconds(10);
    /** How long calls may go on after SIGTERM, by default. */
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** Cleaned up in the end, whichever life of the daemon they were asked for in. */
    private final List<PodSandboxConfig> asked = new ArrayList<>();

    private HoldfastDaemon daemon;
    private Endpoint endpoint;
    private Node node;

    @BeforeEach
    void startADaemonToEnd(Rig rig) {
        daemon = rig.anotherDaemon("");
        start(rig);
    }

    @AfterEach
    void endIt() {
        try {
            node.close();
            assertThat(daemon.network().leased()).isEmpty();
        } finally {
            endpoint.close();
            daemon.close();
        }
    }

    @Test
    void tenContainersLiveThroughAKillOfTheDaemonWithoutAGapInTheirLogs(Rig rig) {
        var addresses = new HashMap<String, String>();
        var containers = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            var pod = node.pod();
            addresses.put(pod.id(), pod.ip());
            containers.add(pod.run(COUNTS).id());
            containers.add(pod.run(COUNTS).id());
        }
        restart(rig, () -> pause(Duration.ofSeconds(1)));
        addresses.forEach((id, ip) -> {
            var status = new TestPod(node, id, node.podConfig(_ -> {})).status();
            assertThat(status.getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
            assertThat(status.getNetwork().getIp()).isEqualTo(ip);
        });
        assertThat(Lists.containers(node, _ -> {})).containsExactlyInAnyOrderElementsOf(containers);
        containers.stream().map(id -> new TestContainer(node, id)).forEach(this::assertItWentOn);
    }

    private void assertItWentOn(TestContainer container) {
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        assertThat(container.sh("echo alive")).isEqualTo("alive");
        var seen = container.log().size();
        container.awaitLog(seen + 10);
        container.stop(0);
        assertThat(container.status().getExitCode()).isEqualTo(137);
        var lines = LogLine.whole(container.log(), "stdout");
        assertThat(lines)
                .isEqualTo(IntStream.range(0, lines.size())
                        .mapToObj(Integer::toString)
                        .toList());
    }

    @Test
    void whatExitedMeanwhileTellsItsTrueCodeAndTime(Rig rig) throws IOException {
        var pod = node.pod();
        var signal = rig.directory();
        var waiting = new ArrayList<TestContainer>();
        for (var code : List.of(0, 17, 137)) {
            waiting.add(pod.run(c -> {
                VolumeTest.mount(signal, "/signal").accept(c);
                Node.script("while ! test -e /signal/go; do usleep 20000; done; exit " + code)
                        .accept(c);
            }));
        }
        var begin = System.currentTimeMillis() * 1_000_000L;
        restart(rig, () -> {
            touch(signal.resolve("go"));
            waiting.forEach(container -> Await.until(
                    "the container to exit",
                    SOON,
                    () -> Processes.onHost(container.id()).isEmpty()));
        });
        var end = System.currentTimeMillis() * 1_000_000L;
        assertThat(waiting.stream().map(container -> again(container).status()))
                .allMatch(status -> status.getState() == ContainerState.CONTAINER_EXITED)
                .allMatch(status -> status.getFinishedAt() > begin && status.getFinishedAt() < end)
                .extracting(status -> status.getExitCode() + " " + status.getReason())
                .containsExactly("0 Completed", "17 Error", "137 Error");
    }

    @Test
    void aSandboxWhosePauseProcessDiedMeanwhileIsNotReady(Rig rig) {
        var pod = node.pod();
        var pause = Processes.onHost(pod.config().getLinux().getCgroupParent()).getFirst();
        restart(rig, () -> {
            ProcessHandle.of(pause).orElseThrow().destroyForcibly();
            Await.until("pause to be gone", SOON, () -> ProcessHandle.of(pause).isEmpty());
        });
        assertThat(new TestPod(node, pod.id(), pod.config()).status().getState())
                .isEqualTo(PodSandboxState.SANDBOX_NOTREADY);
    }

    @Test
    void containersThatOutliveThePauseProcessKeepTheirNetworkThroughARestart(Rig rig) {
        var pod = node.pod();
        var pause = Processes.onHost(pod.config().getLinux().getCgroupParent()).getFirst();
        var container = pod.run();
        var address = "ip -o -4 address show dev eth0";
        var before = container.sh(address);
        var ip = pod.ip();
        assertThat(before).contains(ip + "/");
        ProcessHandle.of(pause).orElseThrow().destroyForcibly();
        Await.until(
                "the sandbox to be not ready", SOON, () -> pod.status().getState() == PodSandboxState.SANDBOX_NOTREADY);
        restart(rig, () -> {});
        // What is released unasked begins at once: another pod's life is time enough for it.
        var other = node.pod();
        assertThat(other.ip()).isNotEqualTo(ip);
        other.stop();
        assertThat(again(container).sh(address)).isEqualTo(before);
        new TestPod(node, pod.id(), pod.config()).stop();
        assertThat(again(container).state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    }

    /** Pods without a network of their own: what ADD did is known to the record alone. */
    @Test
    void nothingIsLeftOfPodsWhoseRecordsWereLost(Rig rig) {
        var pod = node.pod(p -> p.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .setNetwork(NamespaceMode.NODE));
        var container = pod.run();
        restart(rig, () -> {
            for (var file : List.of("holdfast.db", "holdfast.db-wal", "holdfast.db-shm")) {
                delete(daemon.socket().resolveSibling("root").resolve(file));
            }
        });
        assertThat(Lists.pods(node, _ -> {})).isEmpty();
        Await.until(
                "its processes and directories to be gone",
                SOON,
                () -> Processes.onHost(container.id()).isEmpty()
                        && Processes.onHost(pod.id()).isEmpty()
                        && !Files.exists(daemon.socket().resolveSibling("run/sandboxes/" + pod.id())));
        assertThat(node.pod(pod.config()).id()).isNotEqualTo(pod.id());
        // The container's files were mounted at that start, and are garbage at the next.
        restart(rig, () -> {});
    }

    @Test
    void whatWasCreatedOrExitedOrStoppedIsTheSameAfterwards(Rig rig) {
        var pod = node.pod(p -> p.putLabels("kept", "label"));
        var created = pod.create(c -> c.putAnnotations("kept", "annotation"));
        var exited = pod.run("exit 3");
        exited.awaitExit();
        var stopped = node.pod();
        stopped.stop();
        var before = List.of(pod.status(), stopped.status(), created.status(), exited.status());
        restart(rig, () -> {});
        var after = List.of(
                new TestPod(node, pod.id(), pod.config()).status(),
                new TestPod(node, stopped.id(), stopped.config()).status(),
                again(created).status(),
                again(exited).status());
        assertThat(after).isEqualTo(before);
        assertThat(again(created).start().state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    @Test
    void namesAreStillTakenAndImagesStillThere(Rig rig) {
        var pod = node.pod();
        var image = node.present(node.reference(TestImages.BUSYBOX));
        restart(rig, () -> {});
        assertThat(node.pod(pod.config()).id()).isEqualTo(pod.id());
        assertThat(node.imageStatus(image).hasImage()).isTrue();
    }

    @Test
    void aTerminatedDaemonLeavesItsContainersRunning(Rig rig) {
        var container = node.pod().run(COUNTS);
        container.awaitLog(5);
        endpoint.close();
        daemon.terminate();
        assertThat(daemon.socket()).doesNotExist();
        assertThat(Processes.onHost(container.id())).isNotEmpty();
        start(rig);
        assertItWentOn(again(container));
    }

    @Test
    void aCallThatIsUnderWayAtTheTerminationIsAnswered(Rig rig) {
        var container = node.pod().run();
        var reply = CompletableFuture.supplyAsync(
                () -> container.exec(20, "sh", "-c", "touch /begun; sleep 1; echo answered"));
        Await.until("the exec to have begun", SOON, () -> container.exitCode("test -e /begun") == 0);
        var begin = System.nanoTime();
        assertThat(daemon.terminate()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(DRAIN.plus(SOON));
        assertThat(reply.join().getStdout().toStringUtf8()).isEqualTo("answered\n");
        endpoint.close();
        start(rig);
    }

    /** Kills the daemon, lets something happen, and starts it again. */
    private void restart(Rig rig, Runnable meanwhile) {
        endpoint.close();
        daemon.kill();
        meanwhile.run();
        start(rig);
    }

    private void start(Rig rig) {
        daemon.start();
        endpoint = new Endpoint(daemon.socket());
        node = new Node(rig, endpoint, asked);
    }

    private TestContainer again(TestContainer container) {
        return new TestContainer(node, container.id());
    }

    private static void touch(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
