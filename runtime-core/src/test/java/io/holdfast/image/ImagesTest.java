package io.holdfast.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.metadata.Database;
import io.holdfast.registry.FakeRegistry;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImagesTest {
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
    void layersOfEveryCompressionAreStackedInOrder() {
        TestImage image = TestImage.of(
                TestLayer.gzip(Map.of("a", bytes("1"), "b", bytes("1"))),
                TestLayer.zstd(Map.of("b", bytes("2"), "c", bytes("2"))),
                TestLayer.plain(Map.of(".wh.a", bytes(""), "c", bytes("3"))));
        image.push(registry, "x/y", "v1");
        Image pulled = rig.pull(registry.host() + "/x/y:v1");
        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(pulled.tags()).containsExactly(registry.host() + "/x/y:v1");
        assertThat(pulled.digests()).containsExactly(registry.host() + "/x/y@" + image.digest());
        assertThat(pulled.chain()).hasSize(3);
        assertThat(pulled.config().command()).containsExactly("/run");
        assertThat(rig.rootOf(pulled)).isEqualTo(Map.of("b", "2", "c", "3"));
    }

    @Test
    void afterAPullThereAreItsDocumentsAndNoStagedBytes() {
        TestImage image = TestImage.random(1, 10_000);
        image.push(registry, "x", "v1");
        rig.pull(registry.host() + "/x:v1");
        rig.images().collect();
        assertThat(rig.content())
                .containsExactlyInAnyOrder(
                        "blobs/sha256/" + image.digest().hex(),
                        "blobs/sha256/" + image.id().substring(7));
        assertThat(rig.images().usage().bytes()).isGreaterThan(10_000);
    }

    @Test
    void anImageIsFoundByEveryNameOfIt() {
        TestImage image = TestImage.random(1, 100);
        image.push(registry, "x", "v1");
        Image pulled = rig.pull(registry.host() + "/x:v1");
        String hex = pulled.id().substring(7);
        for (String name : List.of(
                registry.host() + "/x:v1",
                registry.host() + "/x@" + image.digest(),
                pulled.id(),
                hex,
                hex.substring(0, 12),
                "sha256:" + hex.substring(0, 12))) {
            assertThat(rig.images().find(name)).as(name).contains(pulled);
        }
        for (String name : List.of("x", registry.host() + "/x", registry.host() + "/x:v2", "", "zz", "../x")) {
            assertThat(rig.images().find(name)).as(name).isEmpty();
        }
    }

    @Test
    void oneImageHasManyNamesAndGoesWithAllOfThem() {
        TestImage image = TestImage.random(1, 100);
        for (String tag : List.of("1", "2", "3")) {
            image.push(registry, "x", tag);
            rig.pull(registry.host() + "/x:" + tag);
        }
        image.push(registry, "other/x", "1");
        Image pulled = rig.pull(registry.host() + "/other/x:1");
        assertThat(rig.images().list()).containsExactly(pulled);
        assertThat(pulled.tags()).hasSize(4);
        assertThat(pulled.digests()).hasSize(2);
        rig.images().remove(registry.host() + "/x:2");
        assertThat(rig.images().list()).isEmpty();
        assertThat(rig.images().find(pulled.id())).isEmpty();
        assertThatThrownBy(() -> rig.images().remove(pulled.id())).isInstanceOf(Failure.NotFound.class);
        rig.images().collect();
        assertThat(rig.content()).isEmpty();
        assertThat(rig.snapshotter().layers()).isEmpty();
        assertThat(rig.snapshotDirectories()).isEmpty();
    }

    @Test
    void aTagThatMovesLeavesTheOldImageWithItsDigest() {
        TestImage first = TestImage.random(1, 100);
        first.push(registry, "x", "v");
        rig.pull(registry.host() + "/x:v");
        TestImage second = TestImage.random(2, 100);
        second.push(registry, "x", "v");
        Image now = rig.pull(registry.host() + "/x:v");
        assertThat(now.id()).isEqualTo(second.id());
        Image before = rig.images().find(first.id()).orElseThrow();
        assertThat(before.tags()).isEmpty();
        assertThat(before.digests()).hasSize(1);
        rig.close();
        rig = ImageRig.open(root);
        assertThat(rig.images().list()).containsExactlyInAnyOrder(before, now);
        assertThat(rig.images().find(registry.host() + "/x:v")).contains(now);
    }

    @Test
    void anImageThatHasLostALowerLayerIsPulledWhole() throws Exception {
        TestImage image = TestImage.of(
                TestLayer.gzip(Map.of("a", bytes("1"))),
                TestLayer.gzip(Map.of("b", bytes("2"))),
                TestLayer.gzip(Map.of("c", bytes("3"))));
        image.push(registry, "x", "v1");
        Image pulled = rig.pull(registry.host() + "/x:v1");
        rig.snapshotter().prepare("running", pulled.chain());
        rig.close();
        for (String number : rig.snapshotDirectories()) {
            Files.deleteIfExists(root.resolve("snapshots/" + number + "/fs/b"));
            if (root.resolve("snapshots/" + number + "/fs").toFile().list().length == 0) {
                Files.deleteIfExists(root.resolve("snapshots/" + number + "/fs"));
            }
        }
        rig = ImageRig.open(root);
        assertThat(rig.images().list()).isEmpty();
        Image again = rig.pull(registry.host() + "/x:v1");
        assertThat(rig.rootOf(again)).isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
        rig.snapshotter().removeSnapshot("running");
    }

    @Test
    void anImageWhoseRecordCannotBeReadKeepsItsLayersUntilItIsPulledAgain() {
        TestImage image = TestImage.random(1, 100);
        image.push(registry, "x", "v1");
        Image pulled = rig.pull(registry.host() + "/x:v1");
        rig.images().collect(); // the staged layer, which would otherwise go whenever the sweeper comes to it
        rig.close();
        try (Database database = Database.open(root.resolve("holdfast.db"), Failpoints.none())) {
            database.records("images", String.class).put(pulled.id(), "what another version writes");
        }
        rig = ImageRig.open(root);
        assertThat(rig.images().list()).isEmpty();
        rig.images().collect();
        assertThat(rig.snapshotter().layers()).containsExactlyElementsOf(pulled.chain());
        assertThat(rig.content()).hasSize(2);

        registry.forget();
        assertThat(rig.pull(registry.host() + "/x:v1")).isEqualTo(pulled);
        assertThat(registry.blobBytes()).isZero();
        rig.images().remove(pulled.id());
        rig.images().collect();
        assertThat(rig.snapshotter().layers()).isEmpty();
        assertThat(rig.content()).isEmpty();
    }

    @Test
    void byDigestAnImageHasNoTag() {
        TestImage image = TestImage.random(1, 100);
        image.push(registry, "x", "v");
        Image pulled = rig.pull(registry.host() + "/x@" + image.digest());
        assertThat(pulled.tags()).isEmpty();
        assertThat(pulled.digests()).containsExactly(registry.host() + "/x@" + image.digest());
        assertThat(rig.pull(registry.host() + "/x:v@" + image.digest())).isEqualTo(pulled);
    }

    @Test
    void ofAnIndexThisNodesImageIsTaken() {
        TestImage foreign = TestImage.random(1, 100);
        TestImage mine = TestImage.random(2, 100);
        foreign.push(registry, "x", "");
        mine.push(registry, "x", "");
        String inner = TestImage.index(mine.entry(TestImage.ARCHITECTURE));
        registry.manifest("x", "", MediaTypes.OCI_INDEX, bytes(inner));
        String outer =
                TestImage.index(foreign.entry("s390x"), TestImage.descriptor(MediaTypes.OCI_INDEX, bytes(inner)));
        var digest = registry.manifest("x", "v", MediaTypes.OCI_INDEX, bytes(outer));
        Image pulled = rig.pull(registry.host() + "/x:v");
        assertThat(pulled.id()).isEqualTo(mine.id());
        assertThat(pulled.digests()).containsExactly(registry.host() + "/x@" + digest);
    }

    @Test
    void aPullOfWhatIsHereAsksTheRegistryOnceAndFetchesNothing() {
        TestImage image = TestImage.random(1, 1000);
        image.push(registry, "x", "v");
        Image first = rig.pull(registry.host() + "/x:v");
        registry.forget();
        assertThat(rig.pull(registry.host() + "/x:v")).isEqualTo(first);
        assertThat(registry.requests()).hasSize(1);
        assertThat(registry.requests("HEAD", "/manifests/v")).hasSize(1);
    }

    @Test
    void whatIsHereIsStillTheRegistrysToAllow() {
        TestImage image = TestImage.random(1, 1000);
        image.push(registry, "x", "v");
        rig.pull(registry.host() + "/x@" + image.digest());
        registry.script((_, wire) -> wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), ""));
        assertThatThrownBy(() -> rig.pull(registry.host() + "/x@" + image.digest()))
                .isInstanceOf(Failure.Denied.class);
    }

    @Test
    void layersThatAnotherImageHasAreNotFetchedAgain() {
        TestLayer base = TestLayer.gzip(Map.of("base", bytes("base")));
        TestImage.of(base).push(registry, "x", "v");
        rig.pull(registry.host() + "/x:v");
        rig.images().collect();
        registry.forget();
        TestLayer top = TestLayer.gzip(Map.of("top", bytes("top")));
        Image second = pushedAndPulled(TestImage.of(base, top), "y");
        assertThat(registry.requests("GET", "/blobs/" + base.digest())).isEmpty();
        assertThat(rig.rootOf(second)).containsOnlyKeys("base", "top");
        rig.images().remove(registry.host() + "/x:v");
        rig.images().collect();
        assertThat(rig.rootOf(second)).containsOnlyKeys("base", "top");
    }

    @Test
    void oneBlobCanBeSeveralLayersAndAnImageCanHaveNone() {
        TestLayer layer = TestLayer.gzip(Map.of("a", bytes("a")));
        Image twice = pushedAndPulled(TestImage.of(layer, layer, layer), "x");
        assertThat(twice.chain()).hasSize(3).doesNotHaveDuplicates();
        assertThat(rig.rootOf(twice)).containsOnlyKeys("a");
        Image none = pushedAndPulled(TestImage.of(), "y");
        assertThat(none.chain()).isEmpty();
        assertThat(rig.rootOf(none)).isEmpty();
    }

    @Test
    void manyLayersArePulled() {
        TestLayer[] layers = IntStream.range(0, 130)
                .mapToObj(i -> TestLayer.gzip(Map.of("f" + i, bytes("" + i), "same", bytes("" + i))))
                .toArray(TestLayer[]::new);
        Image image = pushedAndPulled(TestImage.of(layers), "x");
        assertThat(rig.rootOf(image)).hasSize(131).containsEntry("same", "129");
    }

    @Test
    void aCallerThatGivesUpDoesNotEndThePull() {
        TestImage image = TestImage.random(1, 1000);
        image.push(registry, "x", "v");
        registry.script((request, _) -> {
            if (request.path().contains("/blobs/")) {
                pause();
            }
            return false;
        });
        String name = registry.host() + "/x:v";
        assertThatThrownBy(() -> Deadline.own(Duration.ofMillis(100), () -> {
                    rig.pull(name);
                }))
                .isInstanceOf(Failure.TimedOut.class)
                .hasMessageContaining(name);
        rig.pull(name);
        assertThat(registry.requests("GET", "/manifests/v")).hasSize(1);
    }

    @Test
    void aPinnedImageSaysSo() {
        TestImage.random(1, 100).push(registry, "x", "latest");
        rig.images().pin(registry.host() + "/x");
        assertThat(rig.pull(registry.host() + "/x").pinned()).isTrue();
        assertThat(rig.images().list()).allMatch(Image::pinned);
    }

    @Test
    void layersStayWhileASnapshotStandsOnThem() {
        Image image = pushedAndPulled(TestImage.random(1, 100), "x");
        rig.snapshotter().prepare("c1", image.chain());
        rig.images().remove(image.id());
        rig.images().collect();
        assertThat(rig.snapshotter().layers()).containsExactlyElementsOf(image.chain());
        rig.snapshotter().removeSnapshot("c1");
        rig.images().collect();
        assertThat(rig.snapshotter().layers()).isEmpty();
    }

    @Test
    void anImageThatLostALayerIsForgottenAtTheNextStartAndPulledAgain() {
        Image image = pushedAndPulled(TestImage.random(1, 100), "x");
        rig.snapshotter().removeLayer(image.chain().getFirst());
        rig.close();
        rig = ImageRig.open(root);
        assertThat(rig.images().list()).isEmpty();
        assertThat(rig.rootOf(rig.pull(registry.host() + "/x:v"))).hasSize(1);
    }

    private Image pushedAndPulled(TestImage image, String repository) {
        image.push(registry, repository, "v");
        return rig.pull(registry.host() + "/" + repository + ":v");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void pause() {
        try {
            Thread.sleep(400);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
