package io.holdfast.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.FakeRegistry;
import io.holdfast.work.Failure;
import io.holdfast.work.Parallel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes on side by side: layers of a pull, pulls, and pulls with removals. */
@Timeout(60)
class ParallelPullsTest {
    @TempDir
    Path root;

    private final FakeRegistry registry = new FakeRegistry();
    private ImageRig rig;

    @BeforeEach
    void open() {
        rig = ImageRig.open(root);
    }

    @AfterEach
    void close() {
        rig.close();
        registry.close();
    }

    @Test
    void layersAreFetchedSideBySide() {
        TestImage image =
                TestImage.of(TestLayer.gzip(Map.of("a", bytes("1"))), TestLayer.gzip(Map.of("b", bytes("2"))));
        image.push(registry, "x", "v");
        CountDownLatch both = new CountDownLatch(2);
        List<Boolean> met = new CopyOnWriteArrayList<>();
        registry.script((request, _) -> {
            if (image.layers().stream().anyMatch(layer -> request.path().endsWith("/blobs/" + layer.digest()))) {
                both.countDown();
                met.add(arrives(both));
            }
            return false;
        });
        rig.pull(registry.host() + "/x:v");
        assertThat(met).containsExactly(true, true);
    }

    @Test
    void twentyPullsAtOnceAreOneDownload() {
        TestImage image = TestImage.random(1, 200_000);
        image.push(registry, "x", "v");
        List<Image> pulled =
                Parallel.map(IntStream.range(0, 20).boxed().toList(), 20, _ -> rig.pull(registry.host() + "/x:v"));
        assertThat(pulled).allMatch(one -> one.id().equals(image.id()));
        assertThat(registry.requests(
                        "GET", "/blobs/" + image.layers().getFirst().digest()))
                .hasSize(1);
    }

    @Test
    void pullsOfImagesThatShareLayersRunSideBySide() {
        TestLayer base = TestLayer.gzip(Map.of("base", new byte[300_000]));
        List<String> names = IntStream.range(0, 8)
                .mapToObj(i -> {
                    TestImage.of(base, TestLayer.gzip(Map.of("top", bytes("" + i))))
                            .push(registry, "x" + i, "v");
                    return registry.host() + "/x" + i + ":v";
                })
                .toList();
        Parallel.each(names, 8, rig::pull);
        assertThat(rig.images().list()).hasSize(8);
        assertThat(rig.snapshotter().layers()).hasSize(9);
        assertThat(registry.requests("GET", base.digest().toString())).hasSizeLessThan(9);
    }

    @Test
    void removingWhilePullingEndsInOneOrTheOther() {
        TestImage image = TestImage.random(1, 50_000);
        image.push(registry, "x", "v");
        String name = registry.host() + "/x:v";
        Parallel.each(IntStream.range(0, 40).boxed().toList(), 4, i -> {
            if (i % 2 == 0) {
                rig.pull(name);
            } else {
                rig.images().find(name).ifPresent(one -> removeIfThere(one.id()));
                rig.images().collect();
            }
        });
        Image last = rig.pull(name);
        assertThat(rig.rootOf(last)).hasSize(1);
    }

    private void removeIfThere(String id) {
        try {
            rig.images().remove(id);
        } catch (Failure.NotFound _) {
            return; // another was first
        }
    }

    /** Waits for less than a pull does for a registry that does not answer. */
    private static boolean arrives(CountDownLatch latch) {
        try {
            return latch.await(1500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
