package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerRecoveryTest {
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @TempDir
    Path directory;

    private Fixture node;
    private volatile String deadly = "";

    @BeforeEach
    void begin() {
        node = new Fixture(directory);
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void whatRunsIsWatchedAgain() {
        node.owner();
        String id = node.running();
        Container before = node.owner.orElseThrow().find(id);
        Containers after = node.owner();
        assertThat(after.find(id)).isEqualTo(before);
        node.runtime.kill(id);
        assertThat(node.exited(id).exit().code()).isEqualTo(137);
    }

    @Test
    void whatExitedMeanwhileHasItsTrueCode() {
        Path go = directory.resolve("go");
        node.runtime.runs("sh", "-c", "while [ ! -e " + go + " ]; do sleep 0.02; done; exit 42");
        node.owner();
        String id = node.running();
        node.giveUp();
        touch(go);
        Fixture.await(() -> !node.runtime.isAlive(id));
        Containers after = node.owner();
        assertThat(after.find(id).state()).isInstanceOfSatisfying(ContainerState.Exited.class, exited -> {
            assertThat(exited.exit().code()).isEqualTo(42);
            assertThat(exited.started()).isPresent();
        });
    }

    @Test
    void aCreatedContainerCanBeStartedLater() {
        String id = node.owner().create(node.pod(), Fixture.config("c", 0));
        Containers after = node.owner();
        assertThat(after.find(id).state()).isInstanceOf(ContainerState.Created.class);
        after.start(id);
        assertThat(after.find(id).state()).isInstanceOf(ContainerState.Running.class);
    }

    @Test
    void aStartThatWasBegunIsFinished() {
        node.owner(this::dieAtPoint);
        String id = startCutShort();
        assertThat(node.owner().find(id).state()).isInstanceOf(ContainerState.Running.class);
    }

    @Test
    void whatEndedBeforeItsStartWasSeenHasRun() {
        Path go = directory.resolve("go");
        node.runtime.runs("sh", "-c", "while [ ! -e " + go + " ]; do sleep 0.02; done; exit 42");
        node.owner(this::dieAtPoint);
        String id = startCutShort();
        node.giveUp();
        touch(go);
        Fixture.await(() -> !node.runtime.isAlive(id));
        node.owner();
        ContainerState.Exited exited = node.exited(id);
        assertThat(exited.exit().code()).isEqualTo(42);
        assertThat(exited.started())
                .hasValueSatisfying(
                        at -> assertThat(at).isBeforeOrEqualTo(exited.exit().at()));
        assertThat(exited.message()).isEmpty();
    }

    @Test
    void whatCouldNotBeTakenUpIsDeadOnceItIsStopped() {
        node.owner();
        String id = node.running();
        node.giveUp();
        node.runtime.refusesToWatch();
        Containers after = node.owner();
        assertThat(after.find(id).state()).isInstanceOf(ContainerState.Unknown.class);
        assertThat(node.runtime.isAlive(id)).isTrue();
        after.stop(id, Duration.ofMinutes(1));
        Fixture.await(() -> !node.runtime.isAlive(id));
        assertThat(node.runtime.isAlive(id)).isFalse();
        after.remove(id);
        node.awaitNothingHeld();
    }

    private void dieAtPoint(String point) {
        if (point.equals(deadly)) {
            throw new Killed();
        }
    }

    private String startCutShort() {
        Containers containers = node.owner.orElseThrow();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        deadly = "start.after";
        try {
            containers.start(id);
        } catch (Killed expected) {
            deadly = "";
        }
        return id;
    }

    @Test
    void afterARebootWhatRanHasExitedAndCanBeRemoved() {
        node.owner();
        String id = node.running();
        node.rewrite(
                id,
                record -> new ContainerRecord(
                        record.container(), "another boot", record.holds(), record.stopBy(), record.starting()));
        Containers after = node.owner();
        ContainerState.Exited exited = node.exited(id);
        assertThat(exited.exit().doubt())
                .hasValueSatisfying(why -> assertThat(why).contains("restarted"));
        assertThat(exited.exit().at()).isAfterOrEqualTo(exited.started().orElseThrow());
        assertThat(exited.reason()).isEqualTo("Error");
        after.remove(id);
        node.awaitNothingHeld();
    }

    @Test
    void aRecordThatCannotBeReadKeepsWhatItHoldsAndStopsNobody() throws Exception {
        node.owner();
        String broken = node.running();
        node.spoil(broken);
        Containers after = node.owner();
        assertThat(after.list()).isEmpty();
        assertThat(node.held()).containsExactly(broken);
        assertThat(after.holding()).extracting(Containers.Holding::id).containsExactly(broken);
        assertThat(after.create(node.pod(), Fixture.config("c", 1))).isNotEqualTo(broken);
    }

    @Test
    void whatNoRecordNamesIsRemoved() throws Exception {
        Containers before = node.owner();
        String id = node.running();
        before.create(node.pod(), Fixture.config("d", 0));
        node.giveUp();
        Files.delete(directory.resolve("holdfast.db"));
        Files.deleteIfExists(directory.resolve("holdfast.db-wal"));
        Files.deleteIfExists(directory.resolve("holdfast.db-shm"));
        Files.createDirectories(directory.resolve("root/containers/" + id.replace('a', 'b') + "/volumes/0"));
        node.owner();
        node.awaitNothingHeld();
        assertThat(node.runtime.ids()).isEmpty();
    }

    @Test
    void aContainerOfAHandlerThatIsGoneIsStillSeenToExit() {
        node.owner();
        String id = node.running();
        node.rewrite(
                id,
                record -> record.holding(record.holds().stream()
                        .map(hold -> hold instanceof ContainerHold.Runtime(var _, var request)
                                ? new ContainerHold.Runtime("gone", request)
                                : hold)
                        .toList()));
        Containers after = node.owner();
        after.stop(id, Duration.ZERO);
        assertThat(node.exited(id).exit().doubt()).isPresent();
        after.remove(id);
        assertThat(after.list()).isEmpty();
        assertThat(after.holding()).hasSize(1);
        assertThat(after.create(node.pod(), Fixture.config("c", 0))).isNotEqualTo(id);
    }

    @Test
    void whatWouldNotGoIsReleasedInTheBackground() {
        boolean[] stuck = {true};
        Containers containers = node.owner(point -> {
            if (stuck[0] && point.equals("release.Snapshot.before")) {
                throw new Failure.Broken("will not go on purpose");
            }
        });
        containers.remove(node.running());
        assertThat(containers.list()).isEmpty();
        assertThat(containers.holding()).singleElement().satisfies(left -> {
            assertThat(left.state()).isInstanceOf(ContainerState.Undoing.class);
            assertThat(left.holds()).hasSize(4);
        });
        stuck[0] = false;
        node.awaitNothingHeld();
    }

    private static void touch(Path file) {
        try {
            Files.createFile(file);
        } catch (java.io.IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
