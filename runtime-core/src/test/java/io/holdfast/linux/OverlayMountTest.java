package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways of telling the kernel, whichever this one would be told by. */
class OverlayMountTest {
    private final Kernel kernel = new Kernel();

    @TempDir
    Path scratch;

    @AfterEach
    void unmount() {
        kernel.unmount(scratch.resolve("target"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyLayersAreStacked(boolean inOnePage) throws IOException {
        Path above = Files.createDirectory(scratch.resolve("above"));
        OverlayMount overlay = inOnePage ? OverlayMount.inOnePage(kernel, above) : OverlayMount.probe(kernel, above);
        overlay.mount("test", stack(above, 200), Files.createDirectory(scratch.resolve("target")));
        assertThat(scratch.resolve("target").toFile().list()).hasSize(200);
        Files.writeString(scratch.resolve("target/new"), "x");
        assertThat(above.resolve("upper/new")).hasContent("x");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutAnUpperDirectoryNothingCanBeWritten(boolean inOnePage) throws IOException {
        Path above = Files.createDirectory(scratch.resolve("above"));
        OverlayMount overlay = inOnePage ? OverlayMount.inOnePage(kernel, above) : OverlayMount.probe(kernel, above);
        OverlayMount.Stack readOnly = new OverlayMount.Stack(stack(above, 2).lower(), Optional.empty());
        overlay.mount("test", readOnly, Files.createDirectory(scratch.resolve("target")));
        assertThatThrownBy(() -> Files.writeString(scratch.resolve("target/new"), "x"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void moreThanThePageHoldsIsRefusedWithTheRemedy() throws IOException {
        Path above = Files.createDirectory(scratch.resolve("above"));
        Path target = Files.createDirectory(scratch.resolve("target"));
        OverlayMount overlay = OverlayMount.inOnePage(kernel, above);
        assertThatThrownBy(() -> overlay.mount("test", stack(above, 499), target))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("499 layers")
                .hasMessageContaining("Linux 6.7");
    }

    @Test
    void aRefusalSaysWhatTheKernelSays() throws IOException {
        Path above = Files.createDirectory(scratch.resolve("above"));
        Path target = Files.createDirectory(scratch.resolve("target"));
        OverlayMount.Stack missing = new OverlayMount.Stack(List.of("none"), Optional.empty());
        assertThatThrownBy(() -> OverlayMount.probe(kernel, above).mount("test", missing, target))
                .isInstanceOf(KernelError.class)
                .hasMessageContaining("none");
    }

    private static OverlayMount.Stack stack(Path above, int layers) throws IOException {
        List<String> lower = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            lower.add("layer" + layer + "/fs");
            Files.createDirectories(above.resolve(lower.getLast()));
            Files.createFile(above.resolve(lower.getLast()).resolve("file" + layer));
        }
        Files.createDirectory(above.resolve("upper"));
        Files.createDirectory(above.resolve("work"));
        return new OverlayMount.Stack(lower, Optional.of(new OverlayMount.Upper("upper", "work")));
    }
}
