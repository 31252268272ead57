package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.Image;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To remove an image by any of its names is to remove it with all of them. */
@Conformance
class ImageRemovalTest {
    @Test
    void aRemovedImageIsGone(Node node) {
        var reference = node.reference(TestImages.DIFFERENT + ":1");
        var id = node.pull(reference);
        node.removeImage(reference);
        assertThat(node.imageStatus(reference).hasImage()).isFalse();
        assertThat(node.imageStatus(id).hasImage()).isFalse();
        assertThat(list(node)).extracting(Image::getId).doesNotContain(id);
    }

    @Test
    void aRemovedImageIsPulledAgain(Node node) {
        var reference = node.reference(TestImages.WHITEOUTS);
        var id = node.pull(reference);
        node.removeImage(reference);
        assertThat(node.pull(reference)).isEqualTo(id);
        assertThat(node.pod().run(c -> c.getImageBuilder().setImage(reference)).sh("cat /d/kept"))
                .isEqualTo("lower");
    }

    @Test
    void aContainerOutlivesTheRemovalOfItsImage(Node node) {
        var reference = node.reference(TestImages.DIFFERENT + ":3");
        var container = node.pod().run(c -> c.getImageBuilder().setImage(reference));
        try {
            node.removeImage(reference);
        } catch (StatusRuntimeException e) {
            // To refuse is as good: the kubelet asks again when the container has gone.
            assertThat(e.getStatus().getDescription()).isNotEmpty();
        }
        assertThat(container.sh("cat /marker-3")).isEqualTo("3");
    }

    @Test
    void removingAnImageByItsIdRemovesAllItsTags(Node node) {
        var references = tags(node);
        node.removeImage(node.pull(references.getFirst()));
        assertThat(references)
                .noneMatch(reference -> node.imageStatus(reference).hasImage());
    }

    @Test
    void removingAnImageByOneTagRemovesAllItsTags(Node node) {
        var references = tags(node);
        node.removeImage(references.getFirst());
        assertThat(references)
                .noneMatch(reference -> node.imageStatus(reference).hasImage());
    }

    @Test
    void removingAnImageOfOneRegistryRemovesItsNamesOfOthers(Node node, Rig rig) {
        var here = node.reference(TestImages.DIFFERENT + ":2");
        var there = "localhost:" + rig.registry().port() + "/" + TestImages.DIFFERENT + ":2";
        var id = node.pull(here);
        node.pull(there);
        node.removeImage(here);
        assertThat(List.of(here, there, id))
                .noneMatch(reference -> node.imageStatus(reference).hasImage());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anImageIsRemovedByManyAtOnce(boolean byId, Node node) throws Exception {
        var reference = node.reference(TestImages.DIFFERENT + ":3");
        var id = node.pull(reference);
        var name = byId ? id : reference;
        // Whoever is told that it is removed finds it gone at once, also when another did the work.
        var calls = Collections.<Callable<Boolean>>nCopies(8, () -> {
            node.removeImage(name);
            return node.imageStatus(id).hasImage()
                    || node.imageStatus(reference).hasImage()
                    || list(node).stream().anyMatch(image -> image.getId().equals(id));
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : threads.invokeAll(calls)) {
                assertThat(call.get()).as("still there").isFalse();
            }
        }
    }

    @Test
    void anIdThatNoImageHasIsRemovedAsOftenAsIsAsked(Node node) {
        var absent = "0123456789abcdef".repeat(4);
        for (var name : List.of(absent, absent, "sha256:" + absent, "sha256:" + absent)) {
            node.removeImage(name);
            assertThat(node.imageStatus(name).hasImage()).isFalse();
        }
    }

    private static List<String> tags(Node node) {
        var references = List.of("1", "2", "3").stream()
                .map(tag -> node.reference(TestImages.TAGS + ":" + tag))
                .toList();
        references.forEach(node::pull);
        return references;
    }

    private static List<Image> list(Node node) {
        return node.images()
                .listImages(Cri.ListImagesRequest.getDefaultInstance())
                .getImagesList();
    }
}
