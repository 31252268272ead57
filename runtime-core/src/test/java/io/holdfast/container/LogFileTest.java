package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogFileTest {
    @TempDir
    Path directory;

    @Test
    void itIsBelowThePodsDirectory() {
        assertThat(LogFile.path(Optional.of(directory), "c/0.log")).hasValue(directory.resolve("c/0.log"));
        assertThat(LogFile.path(Optional.of(directory), "")).isEmpty();
        assertThat(LogFile.path(Optional.empty(), "c/0.log")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../x", "a/../../x", "a/..", "..", "a\nb", "a\0b", "./x", "."})
    void noPathLeadsElsewhere(String path) {
        assertThatThrownBy(() -> LogFile.path(Optional.of(directory), path))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("log_path");
    }

    @Test
    void itsDirectoriesAreMadeAndCanBeRead() throws Exception {
        Path pod = directory.resolve("pod");
        LogFile.prepare(pod, pod.resolve("a/b/0.log"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pod.resolve("a/b"))))
                .isEqualTo("rwxr-xr-x");
        LogFile.prepare(pod, pod.resolve("a/b/0.log"));
    }

    @Test
    void noLinkIsFollowed() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path pod = Files.createDirectory(directory.resolve("pod"));
        Files.createSymbolicLink(pod.resolve("c"), elsewhere);
        assertThatThrownBy(() -> LogFile.prepare(pod, pod.resolve("c/0.log"))).isInstanceOf(Failure.Invalid.class);
        Files.createDirectory(pod.resolve("d"));
        Files.createSymbolicLink(pod.resolve("d/0.log"), elsewhere.resolve("target"));
        assertThatThrownBy(() -> LogFile.prepare(pod, pod.resolve("d/0.log"))).isInstanceOf(Failure.Invalid.class);
        assertThat(elsewhere).isEmptyDirectory();
    }
}
