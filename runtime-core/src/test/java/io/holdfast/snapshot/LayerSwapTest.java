package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.KernelError;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody swaps a directory for a link out of the layer, and back, all the while that the layer is unpacked. */
class LayerSwapTest {
    private static final int ROUNDS = 60;
    private static final int FEWEST_SWAPS = 60;

    @TempDir
    Path scratch;

    @Test
    void nothingIsEverWrittenOutside() throws Exception {
        LayerFixture layer = new LayerFixture(scratch);
        Path canaries = scratch.resolve("canaries");
        Map<String, String> before = layer.outside();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger swaps = new AtomicInteger();
        Thread swapper = Thread.ofPlatform().start(() -> swap(layer.root.resolve("d"), canaries, over, swaps));
        try {
            for (int round = 0; round < ROUNDS || swaps.get() < FEWEST_SWAPS; round++) {
                unpack(layer.root);
            }
        } finally {
            over.set(true);
            swapper.join();
        }
        layer.assertNothingOutsideChanged(before);
        assertThat(swaps).hasPositiveValue();
    }

    private static void unpack(Path root) {
        Tar tar = new Tar().directory("d");
        for (int at = 0; at < 8; at++) {
            tar.owner(at, at)
                    .mode(0777)
                    .file("d/canary", "evil")
                    .directory("d/e" + at)
                    .symlink("d/l", "x");
            tar.file("d/.wh.canary", "").hardLink("d/h" + at, "d/canary").file("d/.wh..wh..opq", "");
        }
        try {
            new LayerTar(new Kernel(), root, LayerLimits.DEFAULT).apply(tar.stream());
        } catch (Failure expected) {
            // Unpacking may well fail on what the swapper does; it must only stay inside.
            assertThat(expected).hasMessageContaining("image layer");
        }
    }

    private static void swap(Path directory, Path elsewhere, AtomicBoolean over, AtomicInteger swaps) {
        Path aside = directory.resolveSibling("aside");
        Path link = directory.resolveSibling("swapped-in");
        while (!over.get()) {
            try {
                Files.createSymbolicLink(link, elsewhere);
                Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
                Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE);
                Files.move(directory, link, StandardCopyOption.ATOMIC_MOVE);
                Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
                swaps.incrementAndGet();
            } catch (IOException unpackerWasSooner) {
                Thread.onSpinWait();
            }
            remove(link);
            remove(aside);
        }
    }

    private static void remove(Path path) {
        try (FileTree tree = FileTree.open(new Kernel(), path.getParent());
                Directory above = tree.root()) {
            above.remove(path.getFileName().toString().getBytes());
        } catch (KernelError unpackerWasSooner) {
            Thread.onSpinWait();
        }
    }
}
