package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.ProcessIdentity;
import io.holdfast.metadata.Json;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How sandboxes end while the disk is full, while no daemon runs, and by a reboot. */
class SandboxEndsTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path directory;

    private SandboxRig rig;

    @BeforeEach
    void open() {
        rig = new SandboxRig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aSandboxIsStoppedAndRemovedWhileNothingCanBeWritten() {
        String id = rig.runInhabited();
        rig.fullDisk();
        rig.sandboxes().stop(id);
        assertThat(rig.sandboxes().find(id).state()).isInstanceOf(SandboxState.NotReady.class);
        assertThat(rig.kernel().held()).isEmpty();
        rig.sandboxes().stop(id);
        rig.sandboxes().remove(id);
        assertThat(rig.sandboxes().list()).isEmpty();

        rig.noFault();
        SandboxRig.await(
                "the record to go", () -> rig.records().load().records().isEmpty());
        // Memory follows the disk.
        SandboxRig.await("the sandbox to go", () -> rig.sandboxes().holding().isEmpty());
    }

    @Test
    void aSecondStopWritesNothing() {
        String id = rig.runInhabited();
        rig.sandboxes().stop(id);
        AtomicInteger writes = new AtomicInteger();
        rig.fault(point -> {
            if (point.startsWith("write.")) {
                writes.incrementAndGet();
            }
        });
        rig.sandboxes().stop(id);
        assertThat(writes).hasValue(0);
    }

    @Test
    void thePauseProcessEndsWhileNothingCanBeWritten() throws Exception {
        Process pause = new ProcessBuilder("sleep", "1000").start();
        rig.kernel().pausedBy(ProcessIdentity.of(pause.pid()).orElseThrow());
        String id = rig.runInhabited();
        rig.fullDisk();
        pause.destroyForcibly().waitFor();
        SandboxRig.await(
                "the sandbox to be not ready", () -> !rig.sandboxes().find(id).isReady());
        assertThat(rig.records().load().records().get(id).isReady()).isTrue();

        rig.noFault();
        SandboxRig.await(
                "the record to be written",
                () -> !rig.records().load().records().get(id).isReady());
        assertThat(rig.kernel().held()).as("of a sandbox whose containers live").hasSize(6);
        rig.sandboxes().stop(id);
        assertThat(rig.kernel().held()).isEmpty();
    }

    @Test
    void aRestartWhileNothingCanBeWrittenFindsWhatIsDead() throws Exception {
        Process pause = new ProcessBuilder("sleep", "1000").start();
        rig.kernel().pausedBy(ProcessIdentity.of(pause.pid()).orElseThrow());
        String dead = rig.runInhabited();
        String halfMade = abandoned();
        pause.destroyForcibly().waitFor();
        rig.fullDisk();
        rig.restartOnFullDisk();
        assertThat(rig.sandboxes().find(dead).isReady()).isFalse();
        SandboxRig.await(
                "the half-made sandbox to hold nothing",
                () -> rig.kernel().held().stream()
                        .noneMatch(hold -> hold.toString().contains(halfMade)));
        rig.noFault();
        SandboxRig.await(
                "its record to go", () -> !rig.records().load().records().containsKey(halfMade));
    }

    @Test
    void aRestartTakesNothingFromContainersThatOutliveThePauseProcess() throws Exception {
        Process pause = new ProcessBuilder("sleep", "1000").start();
        rig.kernel().pausedBy(ProcessIdentity.of(pause.pid()).orElseThrow());
        String id = rig.runInhabited();
        pause.destroyForcibly().waitFor();
        SandboxRig.await(
                "the sandbox to be not ready", () -> !rig.sandboxes().find(id).isReady());
        rig.restart();
        rig.restart();
        assertThat(rig.kernel().held()).hasSize(6);
        rig.sandboxes().stop(id);
        assertThat(rig.kernel().held()).isEmpty();
    }

    @Test
    void aStopThatDiedBeforeTheContainersDidTakesNothingFromThem() {
        String id = rig.runInhabited();
        killedAt("members.stopAll.before", id);
        rig.restart();
        assertThat(rig.kernel().held()).hasSize(6);
        rig.sandboxes().stop(id);
        assertThat(rig.kernel().held()).isEmpty();
    }

    @Test
    void aStopThatDiedAfterTheContainersDidIsFinished() {
        String id = rig.runInhabited();
        killedAt("release.Pause.before", id);
        rig.restart();
        SandboxRig.await("all to be let go", () -> rig.kernel().held().isEmpty());
        assertThat(rig.sandboxes().find(id).isReady()).isFalse();
    }

    @Test
    void afterARebootASandboxIsNotReadyAndHoldsNothing() {
        String id = rig.sandboxes().run(SandboxRig.config(), "crun");
        Sandbox now = rig.sandboxes().find(id);
        Sandbox ofAnotherBoot = new Sandbox(
                id,
                now.config(),
                now.requestedHandler(),
                now.handler(),
                now.createdAt(),
                "another boot",
                now.state(),
                now.holds(),
                now.networkResult());
        rig.records().put(id, ofAnotherBoot);
        rig.restart();
        assertThat(rig.sandboxes().find(id).state())
                .isInstanceOfSatisfying(
                        SandboxState.NotReady.class,
                        state -> assertThat(state.why()).isEqualTo("the node was restarted"));
        SandboxRig.await("all to be let go", () -> rig.kernel().held().isEmpty());
        assertThat(rig.kernel().rules()).isEmpty();
    }

    @Test
    void anOlderRecordOfASandboxThatIsNotReadyIsReadAndItsContainersKeepTheirNetwork() throws IOException {
        SandboxState.NotReady read = (SandboxState.NotReady) Json.mapper()
                .readValue(
                        "{\"kind\":\"NotReady\",\"since\":\"2026-11-22T12:00:00Z\",\"why\":\"stopped\"}",
                        SandboxState.class);
        assertThat(read).isEqualTo(new SandboxState.NotReady(NOON, "stopped", false));
    }

    @Test
    void networksAreCollectedAlsoWhereASandboxIsForgottenAtTheStart() {
        String id = abandoned();
        Sandbox undoing = rig.records().load().records().get(id).withHolds(List.of());
        rig.records().put(id, undoing.with(new SandboxState.Undoing(NOON, "failed")));
        rig.restart();
        assertThat(rig.kernel().collections()).isEqualTo(1);
        SandboxRig.await(
                "the record to go", () -> rig.records().load().records().isEmpty());
    }

    @Test
    void oneStrayThatWillNotGoKeepsNeitherTheOthersNorTheStart() {
        String known = rig.runInhabited();
        rig.kernel().stray("a");
        rig.kernel().stray(FakeKernel.STUBBORN);
        rig.kernel().stray("z");
        rig.restart();
        SandboxRig.await("the others to go", () -> rig.kernel().strays().equals(Set.of(FakeKernel.STUBBORN)));
        assertThat(rig.sandboxes().find(known).isReady()).isTrue();
        assertThat(rig.kernel().held()).hasSize(6);
    }

    @Test
    void pluginsThatFailToCollectKeepNoSandboxFromBeingTakenUp() {
        String id = rig.runInhabited();
        rig.kernel().failToCollect();
        rig.kernel().stray("a");
        rig.restart();
        assertThat(rig.sandboxes().find(id).isReady()).isTrue();
        SandboxRig.await("the stray to go", () -> rig.kernel().strays().isEmpty());
    }

    @Test
    void aClockThatIsSetBackDoesNotTurnTheOrderOfSandboxesRound() {
        String first = rig.sandboxes().run(SandboxRig.config(), "crun");
        Sandbox now = rig.sandboxes().find(first);
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        Sandbox ofTomorrow = new Sandbox(
                first,
                now.config(),
                now.requestedHandler(),
                now.handler(),
                tomorrow,
                now.boot(),
                now.state(),
                now.holds(),
                now.networkResult());
        rig.records().put(first, ofTomorrow);
        rig.restart();
        rig.sandboxes().stop(first);
        String second = rig.sandboxes().run(SandboxRig.config(1), "crun");
        assertThat(rig.sandboxes().find(second).createdAt()).isEqualTo(tomorrow.plusNanos(1));
        assertThat(rig.sandboxes().list()).extracting(Sandbox::id).containsExactly(second, first);
    }

    @Test
    void aFailedRunUndoesItsNetworkWithTheResultOfItsAdd() {
        rig.fault(point -> {
            if (point.equals("take.Pause.after")) {
                throw new Failure.Broken("injected");
            }
        });
        assertThatThrownBy(() -> rig.sandboxes().run(SandboxRig.config(), "crun"))
                .hasMessage("injected");
        assertThat(rig.kernel().held()).isEmpty();
        assertThat(rig.kernel().rules()).isEmpty();
    }

    @Test
    void theResultOfAnAddIsOnRecordBeforeTheSandboxIsReady() {
        String id = abandoned();
        Sandbox assembling = rig.records().load().records().get(id);
        assertThat(assembling.state()).isInstanceOf(SandboxState.Assembling.class);
        assertThat(assembling.networkResult()).isEqualTo(Optional.of(FakeKernel.RESULT));
        rig.restart();
        SandboxRig.await("all to be let go", () -> rig.kernel().held().isEmpty());
        assertThat(rig.kernel().rules()).isEmpty();
    }

    /** A sandbox whose daemon was killed when all was taken and nothing said so yet. */
    private String abandoned() {
        AtomicInteger taken = new AtomicInteger();
        List<String> before =
                rig.sandboxes().holding().stream().map(Sandbox::id).toList();
        rig.fault(point -> {
            boolean isLastTake = point.equals("take.Pause.after") || point.equals("take.Network.after");
            if (taken.get() == 2 || isLastTake && taken.incrementAndGet() == 2) {
                throw new SandboxRig.Killed();
            }
        });
        assertThatThrownBy(() -> rig.sandboxes().run(SandboxRig.config(1), "crun"))
                .isInstanceOf(SandboxRig.Killed.class);
        rig.buried();
        return rig.sandboxes().holding().stream()
                .map(Sandbox::id)
                .filter(id -> !before.contains(id))
                .findFirst()
                .orElseThrow();
    }

    private void killedAt(String point, String id) {
        AtomicInteger dead = new AtomicInteger();
        rig.fault(passed -> {
            if (passed.equals(point)) {
                dead.set(1);
            }
            if (dead.get() == 1) {
                throw new SandboxRig.Killed();
            }
        });
        assertThatThrownBy(() -> rig.sandboxes().stop(id)).isInstanceOf(SandboxRig.Killed.class);
    }
}
