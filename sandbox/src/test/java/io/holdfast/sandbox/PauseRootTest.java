package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PauseRootTest {
    private static final String CONTENT = "a program";

    @TempDir
    private Path temp;

    private Path binary;
    private Path directory;

    @BeforeEach
    void writeABinary() throws IOException {
        binary = Files.writeString(temp.resolve("catatonit"), CONTENT);
        directory = temp.resolve("root/pause");
    }

    @Test
    void itIsMadeOnceAndKept() throws IOException {
        PauseProgram made = made();
        assertThat(made.arguments()).containsExactly("/pause", "-P");
        assertThat(made.rootfs().resolve("proc")).isDirectory();
        assertThat(mode(made.rootfs().resolve("pause"))).isEqualTo("r-xr-xr-x");
        assertThat(mode(made.rootfs())).isEqualTo("rwxr-xr-x");
        assertThat(mode(directory)).isEqualTo("rwx--x--x");
        Object file = Files.getAttribute(made.rootfs().resolve("pause"), "unix:ino");
        assertThat(made()).isEqualTo(made);
        assertThat(Files.getAttribute(made.rootfs().resolve("pause"), "unix:ino"))
                .isEqualTo(file);
    }

    @Test
    void whatAPowerLossLeftOfItIsMadeAnew() throws IOException {
        Path root = made().rootfs();
        Files.write(root.resolve("pause"), new byte[0]);
        Files.delete(root.resolve("dev"));
        made();
        assertThat(root.resolve("pause")).hasContent(CONTENT);
        assertThat(root.resolve("dev")).isDirectory();
        Files.delete(root.resolve("pause"));
        made();
        assertThat(root.resolve("pause")).hasContent(CONTENT);
    }

    @Test
    void whatACrashLeftHalfMadeGoes() throws IOException {
        Path root = made().rootfs();
        Files.createDirectories(directory.resolve("new-1/proc"));
        Files.writeString(directory.resolve("new-1/pause"), "half");
        Files.writeString(root.resolve(".pause.5a"), "half");
        made();
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactly(root);
        }
        assertThat(root.resolve(".pause.5a")).doesNotExist();
    }

    private PauseProgram made() {
        return new PauseRoot(directory, binary, List.of("-P")).get();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
