package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerStopTest {
    private static final String DEAF = "trap '' TERM; echo ready > \"$0\"; while :; do sleep 0.05; done";

    @TempDir
    Path directory;

    private Fixture node;

    @BeforeEach
    void begin() {
        node = new Fixture(directory);
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void theStopSignalEndsItWithinTheGrace() {
        Containers containers = node.owner();
        String id = node.running();
        Duration took = timed(() -> containers.stop(id, Duration.ofSeconds(60)));
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 15);
    }

    @Test
    void theImagesStopSignalIsUsedAndTheRequestsBeforeIt() {
        node.image(Fixture.imageWithStopSignal("usr1"));
        Containers containers = node.owner();
        String id = node.running();
        assertThat(containers.find(id).stopSignal()).isEqualTo("SIGUSR1");
        containers.stop(id, Duration.ofSeconds(60));
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 10);
        String other = containers.create(node.pod(), Fixture.config("d", 0, Optional.of("SIGRTMIN+3")));
        assertThat(containers.find(other).stopSignal()).isEqualTo("SIGRTMIN+3");
    }

    @Test
    void theGraceOverItIsKilled() {
        Containers containers = node.owner();
        String id = deaf();
        Duration took = timed(() -> containers.stop(id, Duration.ofMillis(700)));
        assertThat(took).isBetween(Duration.ofMillis(600), Duration.ofSeconds(10));
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 9);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5})
    void withoutGraceItIsKilledAtOnce(long seconds) {
        Containers containers = node.owner();
        String id = deaf();
        containers.stop(id, Duration.ofSeconds(seconds));
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 9);
    }

    @Test
    void theShorterGraceOfTwoCounts() throws Exception {
        Containers containers = node.owner();
        String id = deaf();
        Thread patient = Thread.ofVirtual().start(() -> containers.stop(id, Duration.ofMinutes(10)));
        Fixture.await(() -> node.stopOrdered(id));
        Duration took = timed(() -> containers.stop(id, Duration.ofMillis(300)));
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(patient.join(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void theLongerGraceOfTwoChangesNothing() throws Exception {
        Containers containers = node.owner();
        String id = deaf();
        Thread hasty = Thread.ofVirtual().start(() -> containers.stop(id, Duration.ofMillis(800)));
        Fixture.await(() -> node.stopOrdered(id));
        assertThat(timed(() -> containers.stop(id, Duration.ofMinutes(10)))).isLessThan(Duration.ofSeconds(10));
        hasty.join();
    }

    @Test
    void nothingElseWaitsForAStop() throws Exception {
        Containers containers = node.owner();
        String id = deaf();
        Thread stopper = Thread.ofVirtual().start(() -> containers.stop(id, Duration.ofSeconds(2)));
        Fixture.await(() -> node.stopOrdered(id));
        Duration took = timed(() -> {
            containers.list();
            containers.find(id);
            containers.usage(id);
            containers.exec(id, List.of("true"), Optional.empty());
            containers.update(id, Resources.none());
        });
        assertThat(took).isLessThan(Duration.ofSeconds(1));
        assertThat(containers.find(id).state()).isInstanceOf(ContainerState.Running.class);
        stopper.join();
    }

    @Test
    void aCallerThatGivesUpDoesNotEndTheStop() {
        Containers containers = node.owner();
        String id = deaf();
        assertThatThrownBy(() -> Deadline.own(Duration.ofMillis(100), () -> containers.stop(id, Duration.ofSeconds(1))))
                .isInstanceOf(Failure.TimedOut.class);
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 9);
    }

    @Test
    void aStopGoesOnAfterARestartWithWhatIsLeftOfItsGrace() {
        Containers containers = node.owner();
        String id = deaf();
        long begun = System.nanoTime();
        Thread.ofVirtual().start(() -> containers.stop(id, Duration.ofMillis(1500)));
        Fixture.await(() -> node.stopOrdered(id));
        node.owner();
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 9);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(1300), Duration.ofSeconds(6));
    }

    @Test
    void whatHasExitedIsStoppedAlready() {
        node.runtime.runs("true");
        Containers containers = node.owner();
        String id = node.running();
        node.exited(id);
        assertThat(timed(() -> containers.stop(id, Duration.ofMinutes(1)))).isLessThan(Duration.ofSeconds(1));
        assertThat(node.exited(id).reason()).isEqualTo("Completed");
    }

    @Test
    void whatWasNeverStartedIsStoppedWithoutGrace() {
        Containers containers = node.owner();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        assertThat(timed(() -> containers.stop(id, Duration.ofMinutes(1)))).isLessThan(Duration.ofSeconds(5));
        assertThat(node.exited(id).started()).isEmpty();
    }

    @Test
    void aStopWorksThoughTheRecordCannotBeWritten() {
        boolean[] full = new boolean[1];
        Containers containers = node.owner(point -> {
            if (full[0] && point.startsWith("write.")) {
                throw new Failure.Broken("no space is left on purpose");
            }
        });
        String id = node.running();
        full[0] = true;
        containers.stop(id, Duration.ofSeconds(10));
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 15);
        full[0] = false;
        Fixture.await(() -> node.onDisk(id).state() instanceof ContainerState.Exited);
        assertThat(node.onDisk(id).state()).isInstanceOf(ContainerState.Exited.class);
    }

    @Test
    void aSignalThatCannotBeSentIsTriedAgain() {
        AtomicInteger failures = new AtomicInteger(2);
        Containers containers = node.owner(point -> {
            if (point.equals("signal.before") && failures.getAndDecrement() > 0) {
                throw new Failure.Broken("no descriptor is left on purpose");
            }
        });
        String id = node.running();
        assertThat(timed(() -> containers.stop(id, Duration.ofMinutes(1)))).isLessThan(Duration.ofSeconds(20));
        assertThat(node.exited(id).exit().code()).isEqualTo(128 + 15);

        failures.set(2);
        String other = containers.create(node.pod(), Fixture.config("d", 0));
        containers.stop(other, Duration.ofMinutes(1));
        assertThat(node.exited(other).exit().code()).isEqualTo(128 + 9);
    }

    /** A running container that ignores SIGTERM already. */
    private String deaf() {
        Path ready = directory.resolve("ready");
        node.runtime.runs("sh", "-c", DEAF, ready.toString());
        String id = node.running();
        Fixture.await(() -> ready.toFile().length() > 0);
        return id;
    }

    private static Duration timed(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
