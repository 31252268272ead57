package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.ContainerState;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How containers end and what is said about it. */
@Conformance
class ExitTest {
    private static final String IGNORES_TERM = "trap '' TERM; echo ready; while :; do sleep 0.1; done";

    @ParameterizedTest
    @CsvSource({"0,Completed", "1,Error", "42,Error", "255,Error"})
    void theExitCodeAndItsReasonAreTold(int code, String reason, Node node) {
        var status = node.pod().run("exit " + code).awaitExit();
        assertThat(status.getExitCode()).isEqualTo(code);
        assertThat(status.getReason()).isEqualTo(reason);
    }

    @Test
    void aSignalIsToldAs128AndItsNumber(Node node) {
        // The shell is not the first process's own killer: a child is killed and its code passed on.
        var status = node.pod().run("sh -c 'kill -SEGV $$'; exit $?").awaitExit();
        assertThat(status.getExitCode()).isEqualTo(128 + 11);
    }

    @Test
    void anExitIsSeenWithinASecond(Node node) {
        var container = node.pod().run("sleep 0.3");
        var status = container.awaitExit();
        var late = System.currentTimeMillis() * 1_000_000 - status.getFinishedAt();
        assertThat(Duration.ofNanos(late)).isLessThan(Duration.ofSeconds(1));
    }

    /** Runtimes look for the command when the container is created (crun) or when it starts (runc). */
    @Test
    void aMissingCommandIsRefusedAtCreationOrIsAStartError(Node node) {
        var pod = node.pod();
        Consumer<Cri.ContainerConfig.Builder> missing =
                c -> c.clearCommand().clearArgs().addCommand("no-such-command");
        var refused = Node.refusal(() -> pod.run(missing));
        assertThat(refused.getDescription()).contains("no-such-command");
        for (var id : Lists.containers(node, f -> f.setPodSandboxId(pod.id()))) {
            var container = new TestContainer(node, id);
            var status = container.status();
            assertThat(status.getState()).isEqualTo(ContainerState.CONTAINER_EXITED);
            assertThat(status.getReason()).isEqualTo("StartError");
            assertThat(status.getExitCode()).isEqualTo(128);
            assertThat(status.getMessage()).contains("no-such-command");
            container.remove();
        }
    }

    @Test
    void aContainerThatHasToldSoStopsWithinItsGrace(Node node) {
        var container = node.pod().run("trap 'exit 5' TERM; echo ready; while :; do sleep 0.1; done");
        container.awaitLog(1);
        container.stop(30);
        var status = container.status();
        assertThat(status.getExitCode()).isEqualTo(5);
        assertThat(seconds(status)).isLessThan(20);
    }

    @Test
    void aContainerThatDoesNotStopIsKilledAfterItsGrace(Node node) {
        var container = node.pod().run(IGNORES_TERM);
        container.awaitLog(1);
        long begin = System.nanoTime();
        container.stop(2);
        var took = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(took).isBetween(Duration.ofMillis(1900), Duration.ofSeconds(6));
        assertThat(container.status().getExitCode()).isEqualTo(137);
        assertThat(container.status().getReason()).isEqualTo("Error");
    }

    @Test
    void noGraceKillsAtOnce(Node node) {
        var container = node.pod().run(IGNORES_TERM);
        container.awaitLog(1);
        long begin = System.nanoTime();
        container.stop(0);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(container.status().getExitCode()).isEqualTo(137);
    }

    @Test
    void aShorterGraceEndsALongerOne(Node node) throws Exception {
        var container = node.pod().run(IGNORES_TERM);
        container.awaitLog(1);
        long begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var patient = threads.submit(() -> container.stop(60));
            Thread.sleep(Duration.ofMillis(300));
            container.stop(0);
            patient.get();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aContainerThatIsBeingStoppedStillAnswers(Node node) throws Exception {
        var container = node.pod().run(IGNORES_TERM);
        container.awaitLog(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var stop = threads.submit(() -> container.stop(3));
            Thread.sleep(Duration.ofMillis(300));
            assertThat(container.sh("echo alive")).isEqualTo("alive");
            assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
            assertThat(stop.isDone()).isFalse();
            stop.get();
        }
        assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    }

    @Test
    void theSignalThatStopsComesFromTheImage(Node node) {
        var container = node.pod().run(c -> {
            c.getImageBuilder().setImage(node.reference(TestImages.CONFIGURED));
            Node.script("trap 'exit 9' USR1; trap '' TERM; echo ready; while :; do sleep 0.1; done")
                    .accept(c);
        });
        container.awaitLog(1);
        container.stop(30);
        assertThat(container.status().getExitCode()).isEqualTo(9);
    }

    @Test
    void theSignalThatStopsComesFromTheContainerFirst(Node node) {
        var container = node.pod().run(c -> {
            c.getImageBuilder().setImage(node.reference(TestImages.CONFIGURED));
            c.setStopSignal(Cri.Signal.SIGNAL_SIGHUP);
            Node.script("trap 'exit 9' USR1; trap 'exit 10' HUP; trap '' TERM; echo ready; while :; do sleep 0.1; done")
                    .accept(c);
        });
        container.awaitLog(1);
        container.stop(30);
        assertThat(container.status().getExitCode()).isEqualTo(10);
        assertThat(container.status().getStopSignal()).isEqualTo(Cri.Signal.SIGNAL_SIGHUP);
    }

    @Test
    void theSignalThatStopsIsToldInTheStatus(Node node) {
        assertThat(node.pod().run().status().getStopSignal()).isEqualTo(Cri.Signal.SIGNAL_SIGTERM);
    }

    @Test
    void stoppingEndsEveryProcessOfAContainer(Node node) {
        var pod = node.pod();
        var container = pod.run("sleep 3600 & sleep 3600 & echo ready; wait");
        container.awaitLog(1);
        container.stop(0);
        Await.until(
                "the container's processes to be gone",
                Duration.ofSeconds(5),
                () -> Footprint.now().stream()
                        .filter(trace -> trace.startsWith("process "))
                        .noneMatch(trace -> trace.contains(container.id()) && trace.contains("sleep 3600")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dd if=/dev/zero of=/dev/null bs=120M", "tail /dev/zero"})
    void aContainerOutOfMemoryIsToldSo(String hog, Node node) {
        var status = node.pod()
                .run(c -> {
                    c.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(20 << 20);
                    Node.script("exec " + hog).accept(c);
                })
                .awaitExit();
        assertThat(status.getReason()).isEqualTo("OOMKilled");
        assertThat(status.getExitCode()).isEqualTo(137);
    }

    @Test
    void aContainerKilledFromWithinIsNotOutOfMemory(Node node) {
        var container = node.pod().run("sleep 3600 & kill -KILL $!; wait $!; exit $?");
        assertThat(container.awaitExit().getReason()).isEqualTo("Error");
        assertThat(container.status().getExitCode()).isEqualTo(137);
    }

    @Test
    void nothingIsCreatedInAStoppedSandbox(Node node) {
        var pod = node.pod();
        pod.stop();
        var refused = Node.refusal(() -> pod.create(_ -> {}));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).isEmpty();
    }

    @Test
    void nothingStartsInAStoppedSandbox(Node node) {
        var pod = node.pod();
        var container = pod.create(_ -> {});
        pod.stop();
        assertThat(Node.refusal(container::start).getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(container.state()).isNotEqualTo(ContainerState.CONTAINER_RUNNING);
    }

    private static long seconds(Cri.ContainerStatus status) {
        return Duration.ofNanos(status.getFinishedAt() - status.getStartedAt()).toSeconds();
    }
}
