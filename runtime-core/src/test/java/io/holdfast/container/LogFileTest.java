package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
    void itGoesWhereNothingIsInItAndStaysWhereAnythingIs() throws Exception {
        Path empty = Files.createFile(directory.resolve("0.log"));
        Path line = Files.writeString(directory.resolve("1.log"), "x");
        Path link = Files.createSymbolicLink(directory.resolve("2.log"), empty);
        for (Path log : List.of(link, empty, line, directory, directory.resolve("none"), line.resolve("below"))) {
            LogFile.removeIfEmpty(log);
        }
        assertThat(directory).isDirectoryNotContaining("glob:**/0.log");
        assertThat(line).hasContent("x");
        assertThat(link).isSymbolicLink();
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
