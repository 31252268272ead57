package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.Image;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Conformance
class ImageTest {
    @Test
    void anImageIsPulledByItsTag(Node node, Rig rig) {
        var reference = node.reference(TestImages.DIFFERENT + ":1");
        node.removeImage(reference);
        var pushed = rig.images().pushed(TestImages.DIFFERENT + ":1");
        assertThat(node.pull(reference)).isEqualTo(pushed.configDigest());
        var image = image(node, reference);
        assertThat(image.getRepoTagsList()).containsExactly(reference);
        assertThat(image.getRepoDigestsList())
                .containsExactly(node.reference(TestImages.DIFFERENT + "@" + pushed.digest()));
    }

    @Test
    void anImageIsPulledByItsDigest(Node node, Rig rig) {
        var pushed = rig.images().pushed(TestImages.DIFFERENT + ":2");
        var reference = node.reference(TestImages.DIFFERENT + "@" + pushed.digest());
        node.removeImage(pushed.configDigest());
        assertThat(node.pull(reference)).isEqualTo(pushed.configDigest());
        assertThat(image(node, reference).getRepoDigestsList()).containsExactly(reference);
        assertThat(image(node, reference).getRepoTagsList()).isEmpty();
        node.removeImage(reference);
    }

    @Test
    void withoutATagTheLatestIsPulled(Node node, Rig rig) {
        var latest = new ImageRecipe(List.of(new Layer().file("latest", "").packed()), Map.of())
                .push(rig.registry(), "it/untagged", "latest");
        assertThat(node.pull(node.reference("it/untagged"))).isEqualTo(latest.configDigest());
        assertThat(image(node, node.reference("it/untagged")).getRepoTagsList())
                .contains(node.reference("it/untagged:latest"));
    }

    @Test
    void aTagAndADigestTogetherNameTheDigest(Node node, Rig rig) {
        var pushed = rig.images().pushed(TestImages.DIFFERENT + ":3");
        var id = node.pull(node.reference(TestImages.DIFFERENT + ":1@" + pushed.digest()));
        assertThat(id).isEqualTo(pushed.configDigest());
    }

    @Test
    void ofAnIndexTheImageOfThisMachineIsPulled(Node node, Rig rig) {
        var ours = rig.images().pushed("it/index:ours");
        assertThat(node.pull(node.reference(TestImages.INDEX))).isEqualTo(ours.configDigest());
        var container = node.pod().run(c -> c.getImageBuilder().setImage(node.reference(TestImages.INDEX)));
        assertThat(container.exitCode("test -e /marker-ours")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"it/docker:1", "it/plain:1", "it/zstd:1"})
    void everyFormatAndPackingIsPulled(String name, Node node, Rig rig) {
        assertThat(node.pull(node.reference(name)))
                .isEqualTo(rig.images().pushed(name).configDigest());
        assertThat(node.pod()
                        .run(c -> c.getImageBuilder().setImage(node.reference(name)))
                        .sh("echo runs"))
                .isEqualTo("runs");
    }

    @Test
    void upperLayersDeleteAndHideWhatLowerOnesHold(Node node) {
        var container = node.pod().run(c -> c.getImageBuilder().setImage(node.reference(TestImages.WHITEOUTS)));
        assertThat(container.sh("ls -A /d /opaque")).isEqualTo("/d:\nkept\nreplaced\n\n/opaque:\nshown");
        assertThat(container.sh("cat /d/replaced")).isEqualTo("upper");
    }

    @Test
    void anImageIsFoundByTagDigestAndId(Node node, Rig rig) {
        var reference = node.reference(TestImages.BUSYBOX);
        var pushed = rig.images().pushed(TestImages.BUSYBOX);
        var id = node.present(reference);
        var byTag = image(node, reference);
        assertThat(byTag.getId()).isEqualTo(id);
        for (var name :
                List.of(node.reference("it/busybox@" + pushed.digest()), id, id.substring("sha256:".length()))) {
            assertThat(image(node, name)).as(name).isEqualTo(byTag);
        }
        assertThat(list(node, "")).contains(byTag);
    }

    @Test
    void anImageThatIsNotThereHasNoStatus(Node node) {
        assertThat(node.imageStatus(node.reference("it/never-pulled:1")).hasImage())
                .isFalse();
    }

    @Test
    void anImageHasASizeAndItsNames(Node node, Rig rig) {
        var reference = node.reference(TestImages.BUSYBOX);
        node.present(reference);
        var image = image(node, reference);
        assertThat(image.getSize()).isPositive();
        assertThat(image.getRepoTagsList()).contains(reference);
        assertThat(image.getRepoDigestsList())
                .contains(node.reference(
                        "it/busybox@" + rig.images().pushed(TestImages.BUSYBOX).digest()));
    }

    @Test
    void statusTellsMoreOnlyWhenAskedTo(Node node) {
        var request = Cri.ImageStatusRequest.newBuilder()
                .setImage(Node.spec(node.present(node.reference(TestImages.BUSYBOX))));
        assertThat(node.images().imageStatus(request.build()).getInfoMap()).isEmpty();
        assertThat(node.images().imageStatus(request.setVerbose(true).build()).getInfoMap())
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1002,1002,''", "www-data,-1,www-data", "1003:1004,1003,''", "www-data:1004,-1,www-data"})
    void anImagesUserIsANumberOrAName(String user, long uid, String name, Node node) {
        var reference = node.reference(TestImages.ofUser(user));
        node.present(reference);
        var image = image(node, reference);
        assertThat(image.getUsername()).isEqualTo(name);
        assertThat(image.hasUid() ? image.getUid().getValue() : -1).isEqualTo(uid);
    }

    @Test
    void threeTagsOfOneImageAreOneImage(Node node, Rig rig) {
        var ids = new HashSet<String>();
        List.of("1", "2", "3").forEach(tag -> ids.add(node.pull(node.reference(TestImages.TAGS + ":" + tag))));
        assertThat(ids)
                .containsExactly(rig.images().pushed(TestImages.TAGS + ":1").configDigest());
        var listed = list(node, "").stream()
                .filter(image -> ids.contains(image.getId()))
                .toList();
        assertThat(listed).hasSize(1);
        assertThat(listed.getFirst().getRepoTagsList())
                .contains(
                        node.reference(TestImages.TAGS + ":1"),
                        node.reference(TestImages.TAGS + ":2"),
                        node.reference(TestImages.TAGS + ":3"));
    }

    @Test
    void threeImagesOfOneRepositoryAreThree(Node node) {
        var ids = List.of("1", "2", "3").stream()
                .map(tag -> node.pull(node.reference(TestImages.DIFFERENT + ":" + tag)))
                .toList();
        assertThat(list(node, "")).extracting(Image::getId).containsAll(ids);
        assertThat(new HashSet<>(ids)).hasSize(3);
    }

    @Test
    void oneImageFromTwoRegistriesIsOneImage(Node node, Rig rig) {
        var here = node.pull(node.reference(TestImages.BUSYBOX));
        var there = node.pull("localhost:" + rig.registry().port() + "/" + TestImages.BUSYBOX);
        assertThat(there).isEqualTo(here);
        var container = node.pod()
                .run(c -> c.getImageBuilder()
                        .setImage("localhost:" + rig.registry().port() + "/" + TestImages.BUSYBOX));
        assertThat(container.sh("echo runs")).isEqualTo("runs");
        assertThat(image(node, here).getRepoTagsList())
                .contains(
                        node.reference(TestImages.BUSYBOX),
                        "localhost:" + rig.registry().port() + "/" + TestImages.BUSYBOX);
    }

    @Test
    void aListIsFilteredByReference(Node node) {
        var id = node.pull(node.reference(TestImages.DIFFERENT + ":1"));
        node.pull(node.reference(TestImages.DIFFERENT + ":2"));
        assertThat(list(node, node.reference(TestImages.DIFFERENT + ":1")))
                .extracting(Image::getId)
                .containsExactly(id);
        assertThat(list(node, id)).extracting(Image::getId).containsExactly(id);
        assertThat(list(node, node.reference("it/never-pulled:1"))).isEmpty();
    }

    @Test
    void aTagThatMovesTakesTheNewImage(Node node, Rig rig) {
        var reference = node.reference("it/moving:1");
        var first = push(rig, "first");
        assertThat(node.pull(reference)).isEqualTo(first);
        var second = push(rig, "second");
        assertThat(node.pull(reference)).isEqualTo(second);
        assertThat(image(node, reference).getId()).isEqualTo(second);
        if (node.imageStatus(first).hasImage()) {
            assertThat(image(node, first).getRepoTagsList()).doesNotContain(reference);
        }
    }

    @Test
    void oneImagePulledManyTimesAtOnceIsPulled(Node node) throws Exception {
        var reference = node.reference("it/docker:1");
        node.removeImage(reference);
        var calls = new ArrayList<Callable<String>>();
        for (int i = 0; i < 8; i++) {
            calls.add(() -> node.pull(reference));
        }
        var ids = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : threads.invokeAll(calls)) {
                ids.add(call.get());
            }
        }
        assertThat(ids).hasSize(1);
    }

    @Test
    void aContainerMayNameItsImageById(Node node) {
        var id = node.present(node.reference(TestImages.BUSYBOX));
        var container = node.pod().run(c -> c.getImageBuilder().setImage(id));
        assertThat(container.status().getImageId()).isIn(id, "");
        assertThat(container.sh("echo runs")).isEqualTo("runs");
    }

    @Test
    void everyAnswerNamesAnImageByTheSameId(Node node) {
        var reference = node.reference(TestImages.BUSYBOX);
        var id = node.pull(reference);
        var container = node.pod().create(_ -> {}).status();
        assertThat(image(node, reference).getId()).isEqualTo(id);
        assertThat(list(node, "")).extracting(Image::getId).contains(id);
        assertThat(image(node, container.getImageRef()).getId()).isEqualTo(id);
    }

    @Test
    void aContainersImageIdIsWhatThePullAnswered(Node node) {
        var id = node.pull(node.reference(TestImages.TAGS + ":2"));
        var container = node.pod().create(c -> c.getImageBuilder().setImage(node.reference(TestImages.TAGS + ":2")));
        assertThat(container.status().getImageId()).isEqualTo(id);
        assertThat(node.runtime()
                        .listContainers(Lists.containerRequest(f -> f.setId(container.id())))
                        .getContainers(0)
                        .getImageId())
                .isEqualTo(id);
    }

    @Test
    void theImageFilesystemIsTold(Node node) {
        node.present(node.reference(TestImages.BUSYBOX));
        var told = node.images().imageFsInfo(Cri.ImageFsInfoRequest.getDefaultInstance());
        assertThat(told.getImageFilesystemsCount()).isPositive();
        var filesystem = told.getImageFilesystems(0);
        assertThat(filesystem.getTimestamp()).isPositive();
        assertThat(filesystem.getFsId().getMountpoint()).startsWith("/");
        assertThat(Path.of(filesystem.getFsId().getMountpoint())).isDirectory();
        // Counted now and then, so the figure may come a moment later than the image.
        Await.until(
                "the used bytes to be counted",
                Duration.ofSeconds(20),
                () -> node.images()
                                .imageFsInfo(Cri.ImageFsInfoRequest.getDefaultInstance())
                                .getImageFilesystems(0)
                                .getUsedBytes()
                                .getValue()
                        > 1_000_000);
    }

    private static Image image(Node node, String reference) {
        var status = node.imageStatus(reference);
        assertThat(status.hasImage()).as("image " + reference).isTrue();
        return status.getImage();
    }

    private static List<Image> list(Node node, String filter) {
        var request = Cri.ListImagesRequest.newBuilder();
        if (!filter.isEmpty()) {
            request.getFilterBuilder().setImage(Node.spec(filter));
        }
        return node.images().listImages(request.build()).getImagesList();
    }

    private static String push(Rig rig, String content) {
        var layer = new Layer().file("content", content).packed();
        return new ImageRecipe(List.of(layer), Map.of())
                .push(rig.registry(), "it/moving", "1")
                .configDigest();
    }
}
