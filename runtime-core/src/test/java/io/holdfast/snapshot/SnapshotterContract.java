package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link Snapshotter} does. */
abstract class SnapshotterContract {
    @TempDir
    Path scratch;

    private final List<Path> targets = new ArrayList<>();

    Snapshotter snapshotter;

    /** A snapshotter on this directory; called again, it is the same one after a restart. */
    abstract Snapshotter open(Path root);

    @BeforeEach
    void openSnapshotter() {
        snapshotter = open(scratch.resolve("snapshots"));
    }

    @AfterEach
    void unmountAll() {
        targets.forEach(new Kernel()::unmount);
    }

    @Test
    void aLayerIsSeenOnlyOnceItIsCommitted() {
        Layer layer = snapshotter.begin("test");
        LayerTar.Applied applied = layer.apply(new Tar().file("a", "one").stream());
        assertThat(applied.diffId()).matches("sha256:[0-9a-f]{64}");
        assertThat(snapshotter.has("c1")).isFalse();
        snapshotter.commit(layer, List.of("c1"));
        assertThat(snapshotter.has("c1")).isTrue();
        assertThat(snapshotter.layers()).containsExactly("c1");
        assertThat(snapshotter.total()).isEqualTo(new Usage(applied.bytes(), applied.inodes()));
    }

    @Test
    void aLayerThatIsGivenUpLeavesNothing() {
        Layer layer = snapshotter.begin("test");
        layer.apply(new Tar().file("a", "one").stream());
        snapshotter.abandon(layer);
        snapshotter.abandon(layer);
        assertThat(snapshotter.layers()).isEmpty();
        assertThat(directories()).isEmpty();
    }

    @Test
    void aSnapshotThatCannotBeMadeLeavesNothing() {
        assertThatThrownBy(() -> snapshotter.prepare("k", List.of("c1"))).isInstanceOf(Failure.NotFound.class);
        assertThat(snapshotter.snapshots()).isEmpty();
        assertThat(directories()).isEmpty();
    }

    @Test
    void theSameLayerCommittedTwiceIsOne() {
        commit(new Tar().file("a", "one"), "c1");
        commit(new Tar().file("a", "one"), "c1");
        assertThat(snapshotter.layers()).containsExactly("c1");
        assertThat(directories()).hasSize(1);
    }

    @Test
    void aLayerStandsOnlyOnCommittedOnes() {
        Layer layer = snapshotter.begin("test");
        layer.apply(new Tar().file("a", "one").stream());
        assertThatThrownBy(() -> snapshotter.commit(layer, List.of("c1", "c2"))).isInstanceOf(Failure.NotFound.class);
        snapshotter.abandon(layer);
    }

    @Test
    void layersAreStackedWithTheirWhiteouts() throws IOException {
        commit(new Tar().file("a", "one").file("d/gone", "x").file("d/kept", "y"), "c1");
        commit(new Tar().file("b", "two").file("d/.wh.gone", "").file("e/f", "z"), "c1", "c2");
        commit(new Tar().file(".wh.a", "").file("e/.wh..wh..opq", ""), "c1", "c2", "c3");
        Path root = mounted("k", List.of("c1", "c2", "c3"));
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(root.resolve("b")).hasContent("two");
        assertThat(root.resolve("d")).isDirectoryNotContaining("glob:**/gone").isDirectoryContaining("glob:**/kept");
        assertThat(root.resolve("e")).isEmptyDirectory();
    }

    @Test
    void aWhiteoutOfTheRootHidesEverythingBelow() throws IOException {
        commit(new Tar().file("a", "one"), "c1");
        commit(new Tar().file(".wh..wh..opq", "").file("b", "two"), "c1", "c2");
        assertThat(mounted("k", List.of("c1", "c2"))).isDirectoryNotContaining("glob:**/a");
    }

    @Test
    void directoriesThatALayerDoesNotNameKeepTheirAttributes() throws IOException {
        commit(new Tar().mode(0750).directory("./").mode(01777).owner(5, 6).directory("tmp"), "c1");
        commit(new Tar().file("tmp/x", ""), "c1", "c2");
        Path root = mounted("k", List.of("c1", "c2"));
        assertThat(Files.getAttribute(root.resolve("tmp"), "unix:mode")).isEqualTo(0041777);
        assertThat(Files.getAttribute(root.resolve("tmp"), "unix:uid")).isEqualTo(5);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void changesStayInTheirSnapshot() throws IOException {
        commit(new Tar().file("a", "one"), "c1");
        Path first = mounted("k1", List.of("c1"));
        Path second = mounted("k2", List.of("c1"));
        Files.writeString(first.resolve("a"), "changed");
        assertThat(second.resolve("a")).hasContent("one");
        snapshotter.unmount(first);
        snapshotter.mount("k1", first);
        assertThat(first.resolve("a")).hasContent("changed");
    }

    @Test
    void aSnapshotOfNoLayersIsAnEmptyWritableRoot() throws IOException {
        Path root = mounted("k", List.of());
        assertThat(root).isEmptyDirectory();
        Files.writeString(root.resolve("new"), "x");
        assertThat(root.resolve("new")).hasContent("x");
    }

    @Test
    void aViewCannotBeWritten() throws IOException {
        commit(new Tar().file("a", "one"), "c1");
        commit(new Tar().file("b", "two"), "c1", "c2");
        for (List<String> chain : List.of(List.<String>of(), List.of("c1"), List.of("c1", "c2"))) {
            String key = "view" + chain.size();
            snapshotter.view(key, chain);
            Path target = target(key);
            snapshotter.mount(key, target);
            assertThat(target.toFile().list()).hasSize(chain.size());
            assertThatThrownBy(() -> Files.writeString(target.resolve("new"), "x"))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void preparingIsIdempotentButNeverForOtherLayers() {
        commit(new Tar().file("a", "one"), "c1");
        snapshotter.prepare("k", List.of("c1"));
        snapshotter.prepare("k", List.of("c1"));
        assertThat(snapshotter.snapshots()).containsExactly("k");
        assertThat(directories()).hasSize(2);
        assertThatThrownBy(() -> snapshotter.prepare("k", List.of())).isInstanceOf(Failure.AlreadyExists.class);
        assertThatThrownBy(() -> snapshotter.view("k", List.of("c1"))).isInstanceOf(Failure.AlreadyExists.class);
        assertThatThrownBy(() -> snapshotter.prepare("other", List.of("none"))).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void mountingAndUnmountingAreIdempotent() throws IOException {
        Path target = mounted("k", List.of());
        snapshotter.mount("k", target);
        snapshotter.unmount(target);
        snapshotter.unmount(target);
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(target.toString());
        Files.delete(target);
        snapshotter.unmount(target);
    }

    @Test
    void whatOthersStandOnStays() {
        commit(new Tar().file("a", "one"), "c1");
        commit(new Tar().file("b", "two"), "c1", "c2");
        snapshotter.prepare("k", List.of("c1", "c2"));
        assertThatThrownBy(() -> snapshotter.removeLayer("c1"))
                .isInstanceOf(Failure.WrongState.class)
                .hasMessageContaining("c2");
        assertThatThrownBy(() -> snapshotter.removeLayer("c2"))
                .isInstanceOf(Failure.WrongState.class)
                .hasMessageContaining("snapshot k");
        snapshotter.removeSnapshot("k");
        snapshotter.removeLayer("c2");
        snapshotter.removeLayer("c1");
        snapshotter.removeLayer("c1");
        assertThat(snapshotter.total()).isEqualTo(Usage.NONE);
        assertThat(directories()).isEmpty();
    }

    @Test
    void theUsageOfASnapshotIsThatOfItsOwnFiles() throws IOException {
        commit(new Tar().file("a", "x".repeat(100_000)), "c1");
        Path root = mounted("k", List.of("c1"));
        Usage before = snapshotter.usage("k");
        Files.write(root.resolve("new"), new byte[1_000_000]);
        Files.createLink(root.resolve("link"), root.resolve("new"));
        Usage after = snapshotter.usage("k");
        assertThat(after.bytes() - before.bytes()).isBetween(1_000_000L, 1_010_000L);
        assertThat(after.inodes() - before.inodes()).isEqualTo(1);
        assertThatThrownBy(() -> snapshotter.usage("none")).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void everythingIsThereAfterARestartAndGarbageIsNot() throws Exception {
        commit(new Tar().file("a", "one"), "c1");
        Path root = mounted("k", List.of("c1"));
        Files.writeString(root.resolve("own"), "mine");
        snapshotter.unmount(root);
        snapshotter.begin("never ended").apply(new Tar().file("x", "y").stream());
        Snapshotter restarted = open(scratch.resolve("snapshots"));
        assertThat(restarted.layers()).containsExactly("c1");
        assertThat(restarted.snapshots()).containsExactly("k");
        assertThat(directories()).hasSize(2);
        restarted.mount("k", root);
        assertThat(root.resolve("a")).hasContent("one");
        assertThat(root.resolve("own")).hasContent("mine");
    }

    @Test
    void removingASnapshotIsIdempotent() {
        snapshotter.prepare("k", List.of());
        snapshotter.removeSnapshot("k");
        snapshotter.removeSnapshot("k");
        assertThat(snapshotter.snapshots()).isEmpty();
        assertThat(directories()).isEmpty();
        assertThatThrownBy(() -> snapshotter.mount("k", scratch)).isInstanceOf(Failure.NotFound.class);
    }

    Path mounted(String key, List<String> chain) throws IOException {
        snapshotter.prepare(key, chain);
        Path target = target(key);
        snapshotter.mount(key, target);
        return target;
    }

    void commit(Tar tar, String... chain) {
        Layer layer = snapshotter.begin("test");
        layer.apply(tar.stream());
        snapshotter.commit(layer, List.of(chain));
    }

    private Path target(String key) throws IOException {
        Path target = Files.createDirectory(scratch.resolve("mount-" + key));
        targets.add(target);
        return target;
    }

    /** The directories of layers and snapshots that are in their place. */
    private List<String> directories() {
        return Optional.ofNullable(scratch.resolve("snapshots").toFile().list((_, name) -> name.matches("[0-9]+")))
                .map(List::of)
                .orElse(List.of());
    }
}
