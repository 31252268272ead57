package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
    private static final int CAP = 100;

    @TempDir
    Path scratch;

    private Path root;
    private FileTree tree;

    @BeforeEach
    void openTree() throws IOException {
        root = Files.createDirectories(scratch.resolve("root"));
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(scratch.resolve("secret"), "host");
        tree = FileTree.open(new Kernel(), root);
    }

    @AfterEach
    void closeTree() {
        tree.close();
    }

    @Test
    void aRegularFileIsRead() throws IOException {
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0");
        assertThat(tree.readRegular("/etc/passwd", CAP)).hasValue("root:x:0:0".getBytes());
        assertThat(tree.readRegular("etc/../../../etc/passwd", CAP)).hasValue("root:x:0:0".getBytes());
    }

    @Test
    void whatIsNotThereIsEmpty() {
        assertThat(tree.readRegular("etc/group", CAP)).isEmpty();
        assertThat(tree.readRegular("none/group", CAP)).isEmpty();
    }

    @Test
    void linksLeadNowhereButBelowTheRoot() throws IOException {
        Files.writeString(root.resolve("secret"), "own");
        Files.createSymbolicLink(root.resolve("absolute"), Path.of("/secret"));
        Files.createSymbolicLink(root.resolve("etc/up"), Path.of("../../../secret"));
        Files.createSymbolicLink(root.resolve("host"), scratch.resolve("secret"));
        assertThat(tree.readRegular("absolute", CAP)).hasValue("own".getBytes());
        assertThat(tree.readRegular("etc/up", CAP)).hasValue("own".getBytes());
        assertThat(tree.readRegular("host", CAP)).isEmpty();
    }

    @Test
    void aFileOverTheCapIsRefused() throws IOException {
        Files.write(root.resolve("exact"), new byte[CAP]);
        Files.write(root.resolve("over"), new byte[CAP + 1]);
        assertThat(tree.readRegular("exact", CAP))
                .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(CAP));
        assertThatThrownBy(() -> tree.readRegular("over", CAP))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("at most 100");
    }

    @Test
    void aFileThatClaimsToBeEmptyIsCappedWhileItIsRead() {
        try (FileTree proc = FileTree.open(new Kernel(), Path.of("/proc/sys/kernel"))) {
            assertThatThrownBy(() -> proc.readRegular("ostype", 2)).isInstanceOf(Failure.Broken.class);
        }
    }

    @Test
    void whatIsNoRegularFileIsRefusedUnopened() throws Exception {
        run("mkfifo", root.resolve("fifo").toString());
        run("mknod", root.resolve("zero").toString(), "c", "1", "5");
        for (String path : new String[] {"fifo", "zero", "etc", "/"}) {
            assertThatThrownBy(() -> tree.readRegular(path, CAP))
                    .isInstanceOf(Failure.Broken.class)
                    .hasMessageContaining("no regular file");
        }
    }

    @Test
    void aLoopOfLinksIsRefused() throws IOException {
        Files.createSymbolicLink(root.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(root.resolve("b"), Path.of("a"));
        assertThatThrownBy(() -> tree.readRegular("a", CAP)).isInstanceOf(Failure.Broken.class);
    }

    @Test
    void aZeroByteInAPathIsRefused() {
        assertThatThrownBy(() -> tree.readRegular("etc\0/passwd", CAP)).isInstanceOf(Failure.Invalid.class);
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }
}
