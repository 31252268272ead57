package io.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.FakeRegistry;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pull that fails, or whose process dies, at each of its points: nothing shows, nothing stays, nothing comes twice. */
@Timeout(300)
class PullFaultsTest {
    private static final int LAYER_BYTES = 600_000;

    /** What stands for SIGKILL within a process: the disk is kept as it was at that moment, and gone on with. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @TempDir
    Path root;

    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage image =
            TestImage.of(TestLayer.gzip(Map.of("one", random(1))), TestLayer.gzip(Map.of("two", random(2))));

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void aPullThatIsKilledAnywhereIsTakenUpAndDownloadsNothingTwice() {
        int round = 0;
        for (String point : points()) {
            for (int time : List.of(1, 3)) {
                killedThenPulledAgain(root.resolve("kill-" + round++), point, time);
            }
        }
    }

    @Test
    void aPullThatFailsAnywhereFreesItsNameAndTheNextOneIsWhole() {
        int round = 0;
        for (String point : points()) {
            Path directory = root.resolve("fail-" + round++);
            AtomicBoolean failed = new AtomicBoolean();
            Failpoints failpoints = Failpoints.calling(passed -> {
                if (passed.equals(point) && !failed.getAndSet(true)) {
                    throw new Failure.Broken("made to fail");
                }
            });
            try (ImageRig rig = ImageRig.open(directory, failpoints)) {
                pulls(rig);
                assertThat(failed).as(point).isTrue();
                assertThat(pulls(rig)).as(point).isTrue();
                assertWholeAndAlone(rig, point);
                assertThat(rig.snapshotDirectories()).as(point).hasSize(2);
            }
        }
    }

    private void killedThenPulledAgain(Path directory, String point, int time) {
        Path living = directory.resolveSibling(directory.getFileName() + "-living");
        AtomicInteger count = new AtomicInteger();
        AtomicBoolean dead = new AtomicBoolean();
        Failpoints failpoints = Failpoints.calling(passed -> {
            if (dead.get()) {
                throw new Killed();
            }
            if (passed.equals(point) && count.incrementAndGet() == time) {
                dead.set(true);
                copy(living, directory);
                throw new Killed();
            }
        });
        ImageRig dying = ImageRig.open(living, failpoints);
        try {
            pulls(dying);
        } catch (Killed _) {
            assertThat(dead).isTrue();
        } finally {
            dying.close();
        }
        if (!dead.get()) {
            return; // the point is not passed so often
        }
        Map<String, Long> there = staged(directory.resolve("content/ingest"));
        registry.forget();
        try (ImageRig rig = ImageRig.open(directory)) {
            boolean committed = !rig.snapshotter().layers().isEmpty();
            assertThat(pulls(rig)).isTrue();
            assertWholeAndAlone(rig, point + " " + time);
            image.layers().forEach(layer -> assertAskedForTheRestAlone(layer, there, committed));
        }
    }

    /** A layer that was there whole, or unpacked, is not asked for; of another one, what was missing. */
    private void assertAskedForTheRestAlone(TestLayer layer, Map<String, Long> there, boolean committed) {
        long had = there.getOrDefault("sha256-" + layer.digest().hex(), 0L);
        var asked = registry.requests("GET", layer.digest().toString());
        if (had == layer.blob().length) {
            assertThat(asked).isEmpty();
        } else if (!committed) {
            assertThat(asked)
                    .extracting(request -> request.header("range"))
                    .containsExactly(had == 0 ? "" : "bytes=" + had + "-");
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Process cp = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                    .inheritIO()
                    .start();
            assertThat(cp.waitFor()).isZero();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException("copying " + from, failed);
        }
    }

    private static Map<String, Long> staged(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.collect(Collectors.toMap(
                    file -> file.getFileName().toString(), file -> file.toFile().length()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void assertWholeAndAlone(ImageRig rig, String point) {
        rig.images().collect();
        assertThat(rig.images().list()).as(point).hasSize(1);
        Image pulled = rig.images().list().getFirst();
        assertThat(rig.rootOf(pulled)).as(point).containsOnlyKeys("one", "two");
        assertThat(rig.content()).as(point).hasSize(2);
        assertThat(rig.snapshotter().layers()).as(point).hasSize(2);
    }

    /** All points of a pull that goes well. */
    private List<String> points() {
        List<String> passed = Collections.synchronizedList(new ArrayList<>());
        image.push(registry, "x", "v");
        try (ImageRig rig = ImageRig.open(root.resolve("well"), Failpoints.calling(passed::add))) {
            assertThat(pulls(rig)).isTrue();
        }
        List<String> points = List.copyOf(new LinkedHashSet<>(passed));
        assertThat(points)
                .contains("write.leases.before", "write.blob.after", "write.ingest.before", "write.images.after");
        return points;
    }

    private boolean pulls(ImageRig rig) {
        try {
            rig.pull(registry.host() + "/x:v");
            return true;
        } catch (Failure.Broken _) {
            return false;
        }
    }

    private static byte[] random(int seed) {
        byte[] bytes = new byte[LAYER_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
