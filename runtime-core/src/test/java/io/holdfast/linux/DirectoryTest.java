package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
    private static final byte[] ODD = {'a', (byte) 0xff, '\n', ' '};

    @TempDir
    Path scratch;

    private FileTree tree;
    private Directory root;

    @BeforeEach
    void openRoot() throws IOException {
        Files.createDirectory(scratch.resolve("root"));
        tree = FileTree.open(new Kernel(), scratch.resolve("root"));
        root = tree.root();
    }

    @AfterEach
    void closeRoot() {
        root.close();
        tree.close();
    }

    @Test
    void namesAreAnyBytes() {
        root.makeDirectory(ODD, 0700);
        assertThat(root.names()).containsExactly(ODD);
        root.remove(ODD);
        assertThat(root.names()).isEmpty();
    }

    @Test
    void manyNamesAreListed() {
        for (int at = 0; at < 3000; at++) {
            root.create(("file-" + at).getBytes()).close();
        }
        assertThat(root.names()).hasSize(3000);
        assertThat(root.names()).hasSize(3000);
    }

    @Test
    void whatStandsThereIsNeverReplacedNorFollowed() throws IOException {
        Files.writeString(scratch.resolve("outside"), "canary");
        byte[] link = "link".getBytes();
        root.makeSymlink(link, "../outside".getBytes());
        assertThatThrownBy(() -> root.create(link)).matches(thrown -> ((KernelError) thrown).isPresent());
        assertThatThrownBy(() -> root.child(link)).isInstanceOf(KernelError.class);
        root.set(link, new FileAttributes(7, 7, 0, Instant.EPOCH, Map.of()), true);
        assertThat(root.status(link).orElseThrow().uid()).isEqualTo(7);
        root.remove(link);
        assertThat(scratch.resolve("outside")).hasContent("canary");
        assertThat(Files.getAttribute(scratch.resolve("outside"), "unix:uid")).isEqualTo(0);
    }

    @Test
    void aTreeIsRemovedWithoutFollowingLinks() throws IOException {
        Path outside = Files.createDirectories(scratch.resolve("outside"));
        Files.writeString(outside.resolve("canary"), "x");
        Path inside = Files.createDirectories(scratch.resolve("root/d/e/f"));
        Files.createSymbolicLink(inside.resolve("out"), outside);
        Files.writeString(inside.resolve("file"), "x");
        root.remove("d".getBytes());
        root.remove("d".getBytes());
        assertThat(root.names()).isEmpty();
        assertThat(outside.resolve("canary")).exists();
    }

    @Test
    void aTreeOfAnyDepthIsRemoved() throws InterruptedException {
        // Deeper than a path can be long, and than descriptors or a stack would last.
        byte[] name = "ddddddddd".getBytes();
        Directory at = root;
        for (int depth = 0; depth < 3000; depth++) {
            at.makeDirectory(name, 0700);
            at.create("f".getBytes()).close();
            Directory next = at.child(name);
            if (at != root) {
                at.close();
            }
            at = next;
        }
        at.close();
        removeOnASmallStack(name);
        assertThat(root.names()).containsExactly("f".getBytes());
    }

    private void removeOnASmallStack(byte[] name) throws InterruptedException {
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Thread thread = new Thread(null, () -> root.remove(name), "remove", 256 << 10);
        thread.setUncaughtExceptionHandler((_, failed) -> thrown.add(failed));
        thread.start();
        thread.join();
        assertThat(thrown).isEmpty();
    }

    @Test
    void attributesAreSetInAnOrderThatKeepsThem() throws IOException {
        byte[] name = "f".getBytes();
        byte[] capability = {1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        Instant time = Instant.ofEpochSecond(1_000, 5);
        try (FileHandle file = root.create(name)) {
            file.set(new FileAttributes(1, 2, 06755, time, Map.of("security.capability", capability)));
        }
        FileStatus status = root.status(name).orElseThrow();
        assertThat(status.permissions()).isEqualTo(06755);
        assertThat(status.mtime()).isEqualTo(1_000);
        try (FileHandle file = OpenFile.at(new Kernel(), scratch.resolve("root/f"))) {
            assertThat(file.attribute("security.capability")).hasValue(capability);
            assertThat(file.attribute("user.none")).isEmpty();
        }
    }
}
