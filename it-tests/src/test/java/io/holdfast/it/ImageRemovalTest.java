package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.Image;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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

    @Test
    void anImageIsRemovedByManyAtOnce(Node node) throws Exception {
        var reference = node.reference(TestImages.DIFFERENT + ":3");
        node.pull(reference);
        var calls = IntStream.range(0, 8)
                .<Callable<String>>mapToObj(_ -> () -> {
                    node.removeImage(reference);
                    return reference;
                })
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : threads.invokeAll(calls)) {
                assertThat(call.get()).isEqualTo(reference);
            }
        }
        assertThat(node.imageStatus(reference).hasImage()).isFalse();
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
