package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.Kernel;
import io.holdfast.metadata.Database;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract on real overlayfs, and what is overlayfs's own. */
class OverlaySnapshotterTest extends SnapshotterContract {
    private final List<Database> databases = new ArrayList<>();
    private Failpoints failpoints = Failpoints.none();

    @Override
    Snapshotter open(Path root) {
        Database database = Database.open(scratch.resolve("holdfast.db"), failpoints);
        databases.add(database);
        return new OverlaySnapshotter(new Kernel(), root, database);
    }

    @AfterEach
    void closeDatabases() {
        databases.forEach(Database::close);
    }

    @Test
    void aHundredAndFiftyLayersAreMounted() throws IOException {
        List<String> chain = new ArrayList<>();
        for (int index = 0; index < 150; index++) {
            chain.add("chain-" + index);
            commit(new Tar().file("f" + index, "x"), chain.toArray(String[]::new));
        }
        assertThat(mounted("k", chain).toFile().list()).hasSize(150);
    }

    @Test
    void theFilesOfARunningContainerOutliveTheLossOfTheDatabase() throws IOException {
        commit(new Tar().file("a", "one"), "c1");
        Path root = mounted("k", List.of("c1"));
        Files.writeString(root.resolve("own"), "mine");
        databases.forEach(Database::close);
        databases.clear();
        Files.delete(scratch.resolve("holdfast.db"));
        snapshotter = open(scratch.resolve("snapshots"));
        assertThat(snapshotter.snapshots()).isEmpty();
        assertThat(root.resolve("a")).hasContent("one");
        assertThat(root.resolve("own")).hasContent("mine");
        Files.writeString(root.resolve("more"), "x");
    }

    @Test
    void aLayerWhoseFilesAreLostIsForgotten() throws Exception {
        commit(new Tar().file("a", "one"), "c1");
        new ProcessBuilder("rm", "-rf", scratch.resolve("snapshots/1").toString())
                .start()
                .waitFor();
        snapshotter = open(scratch.resolve("snapshots"));
        assertThat(snapshotter.has("c1")).isFalse();
        commit(new Tar().file("a", "one"), "c1");
        assertThat(mounted("k", List.of("c1")).resolve("a")).hasContent("one");
    }

    @Test
    void aSnapshotThatCannotBeRecordedLeavesNothing() {
        failpoints = Failpoints.calling(point -> {
            if (point.startsWith("write.snapshots")) {
                throw new Failure.Broken("set to fail");
            }
        });
        snapshotter = open(scratch.resolve("snapshots"));
        assertThatThrownBy(() -> snapshotter.prepare("k", List.of())).isInstanceOf(Failure.Broken.class);
        assertThat(scratch.resolve("snapshots").toFile().list()).containsExactly("trash");
        assertThat(scratch.resolve("snapshots/trash")).isEmptyDirectory();
    }

    @Test
    void whatAnEarlierDaemonLeftInTheTrashGoes() throws Exception {
        Path left = scratch.resolve("snapshots/trash/17/fs");
        Files.createDirectories(left);
        Files.writeString(left.resolve("file"), "x");
        snapshotter = open(scratch.resolve("snapshots"));
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (Files.exists(left.getParent()) && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(left.getParent()).doesNotExist();
        snapshotter.prepare("k", List.of());
        assertThat(scratch.resolve("snapshots/18")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "write.layers.before",
                "write.layers.after",
                "write.snapshots.before",
                "write.snapshots.after",
                "delete.snapshots.before",
                "delete.snapshots.after",
                "delete.layers.before",
                "delete.layers.after"
            })
    void whatFailsAtARecordIsDoneAgainAfterARestart(String failing) throws Exception {
        AtomicBoolean armed = new AtomicBoolean(true);
        failpoints = Failpoints.calling(point -> {
            if (point.equals(failing) && armed.getAndSet(false)) {
                throw new Failure.Broken("set to fail");
            }
        });
        snapshotter = open(scratch.resolve("snapshots"));
        Path target = Files.createDirectory(scratch.resolve("target"));
        again(() -> commit(new Tar().file("a", "one"), "c1"));
        again(() -> snapshotter.prepare("k", List.of("c1")));
        snapshotter.mount("k", target);
        assertThat(target.resolve("a")).hasContent("one");
        snapshotter.unmount(target);
        again(() -> snapshotter.removeSnapshot("k"));
        again(() -> snapshotter.removeLayer("c1"));
        assertThat(armed).isFalse();
        snapshotter = open(scratch.resolve("snapshots"));
        assertThat(snapshotter.layers()).isEmpty();
        assertThat(snapshotter.snapshots()).isEmpty();
        assertThat(scratch.resolve("snapshots").toFile().list()).containsExactly("trash");
    }

    private void again(Runnable step) {
        try {
            step.run();
        } catch (Failure.Broken expected) {
            snapshotter = open(scratch.resolve("snapshots"));
            step.run();
        }
    }
}
