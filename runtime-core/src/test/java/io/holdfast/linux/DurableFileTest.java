package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
    @TempDir
    Path directory;

    @Test
    void replacesTheFileAndLeavesNothingElse() throws Exception {
        Path file = directory.resolve("file");
        DurableFile.write(file, "one".getBytes(), "rw-------");
        DurableFile.write(file, "two".getBytes(), "rw-r--r--");

        assertThat(file).hasContent("two");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        assertThat(directory.toFile().list()).containsExactly("file");
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws Exception {
        Path file =
                Files.createDirectories(directory.resolve("file/in the way")).getParent();
        assertThatThrownBy(() -> DurableFile.write(file, "one".getBytes(), "rw-------"))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(directory.toFile().list()).containsExactly("file");
    }
}
