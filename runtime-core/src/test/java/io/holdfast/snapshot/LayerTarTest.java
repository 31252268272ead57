package io.holdfast.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileStatus;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers as honest builders make them. */
class LayerTarTest {
    @TempDir
    Path scratch;

    private LayerFixture layer;

    @BeforeEach
    void makeLayer() throws IOException {
        layer = new LayerFixture(scratch);
    }

    @Test
    void filesHaveTheirContentModeOwnerAndTime() throws IOException {
        layer.apply(new Tar()
                .mode(0751)
                .modified(123_456)
                .owner(4_000_000_000L, 12)
                .directory("d/")
                .mode(06755)
                .file("d/f", "hello"));
        FileStatus file = layer.existing("d/f");
        assertThat(layer.content("d/f")).isEqualTo("hello");
        assertThat(file.permissions()).isEqualTo(06755);
        assertThat(Integer.toUnsignedLong(file.uid())).isEqualTo(4_000_000_000L);
        assertThat(file.mtime()).isEqualTo(123_456);
        FileStatus directory = layer.existing("d");
        assertThat(directory.permissions()).isEqualTo(0751);
        assertThat(directory.mtime()).isEqualTo(123_456);
        assertThat(directory.gid()).isEqualTo(12);
    }

    @Test
    void aPathMayHaveAsManyNamesAsTheKernelTakes() throws Exception {
        String path = "d/".repeat(2000) + "f";
        Tar archive = new Tar().pax("path", path).file("f", "deep");
        Kernel kernel = new Kernel();
        LayerTar tar = new LayerTar(kernel, layer.root, LayerLimits.DEFAULT);
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Thread thread = new Thread(null, () -> tar.apply(archive.stream()), "unpack", 256 << 10);
        thread.setUncaughtExceptionHandler((_, failed) -> thrown.add(failed));
        thread.start();
        thread.join();
        assertThat(thrown).isEmpty();
        assertThat(layer.existing(path).bytes()).isEqualTo(4);
        try (FileTree tree = FileTree.open(kernel, layer.root);
                Directory root = tree.root()) {
            root.remove("d".getBytes(US_ASCII));
            assertThat(root.names()).isEmpty();
        }
    }

    @Test
    void theDiffIdIsTheDigestOfEveryByte() throws Exception {
        byte[] archive = Arrays.copyOf(new Tar().file("f", "x").bytes(), 10_240);
        archive[10_000] = 'j';
        LayerTar.Applied applied = layer.tar().apply(new ByteArrayInputStream(archive));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
        assertThat(applied.diffId()).isEqualTo("sha256:" + HexFormat.of().formatHex(digest));
        assertThat(applied.inodes()).isEqualTo(1);
        assertThat(applied.bytes()).isEqualTo(4096);
    }

    @Test
    void anEmptyArchiveIsAnEmptyLayer() {
        assertThat(layer.apply(new Tar()).inodes()).isZero();
        assertThat(layer.tar().apply(InputStream.nullInputStream()).inodes()).isZero();
    }

    @Test
    void namesAreBytes() {
        String name = "d\u00e9j\u00ff\u0080\n\t*";
        layer.apply(new Tar().file(name, "x").pax("path", "p/" + name).file("short", "y"));
        assertThat(layer.existing(name).bytes()).isEqualTo(1);
        assertThat(layer.existing("p/" + name).bytes()).isEqualTo(1);
    }

    @Test
    void longNamesAndLinksOfBothKindsAreRead() throws IOException {
        String path = "n".repeat(200) + "/" + "m".repeat(255);
        layer.apply(new Tar()
                .file(path, "gnu")
                .symlink("l", "t".repeat(3000))
                .pax("path", "pax/" + path)
                .pax("linkpath", path)
                .hardLink("short", "short"));
        assertThat(layer.content(path)).isEqualTo("gnu");
        assertThat(layer.existing("pax/" + path).links()).isEqualTo(2);
        assertThat(Files.readSymbolicLink(layer.root.resolve("l")).toString()).hasSize(3000);
    }

    @Test
    void hardLinksShareOneFile() {
        layer.apply(new Tar()
                .file("a", "x")
                .symlink("s", "nowhere")
                .hardLink("b", "a")
                .hardLink("/c", "./a")
                .hardLink("t", "s"));
        assertThat(layer.existing("a").links()).isEqualTo(3);
        assertThat(layer.existing("b").inode()).isEqualTo(layer.existing("c").inode());
        assertThat(layer.existing("t").kind()).isEqualTo(FileStatus.Kind.SYMLINK);
    }

    @Test
    void nodesAreMade() {
        layer.apply(new Tar()
                .mode(0666)
                .device("null", '3', 1, 3)
                .device("disk", '4', 4095, 1_048_575)
                .device("pipe", '6', 0, 0));
        assertThat(layer.existing("null").device()).isEqualTo(new FileStatus.Device(1, 3));
        assertThat(layer.existing("null").permissions()).isEqualTo(0666);
        assertThat(layer.existing("disk").device()).isEqualTo(new FileStatus.Device(4095, 1_048_575));
        assertThat(layer.existing("disk").kind()).isEqualTo(FileStatus.Kind.BLOCK_DEVICE);
        assertThat(layer.existing("pipe").kind()).isEqualTo(FileStatus.Kind.FIFO);
    }

    @Test
    void capabilitiesAndUserAttributesAreKeptAndLabelsDropped() {
        byte[] capability = HexFormat.of().parseHex("0100000280240000800000000000000000000000");
        capability = Arrays.copyOf(capability, 20);
        layer.apply(new Tar()
                .owner(3, 3)
                .mode(0755)
                .xattr("security.capability", capability)
                .xattr("user.note", new byte[] {0, '\n', '=', (byte) 0xff})
                .xattr("security.selinux", "system_u".getBytes())
                .file("f", "x")
                .xattr("user.note", new byte[] {1})
                .symlink("l", "f"));
        assertThat(layer.attribute("f", "security.capability")).hasValue(capability);
        assertThat(layer.attribute("f", "user.note")).hasValue(new byte[] {0, '\n', '=', (byte) 0xff});
        assertThat(layer.attribute("f", "security.selinux")).isEmpty();
    }

    @Test
    void sparseFilesKeepTheirHoles() throws IOException {
        layer.apply(new Tar()
                .pax("GNU.sparse.major", "0")
                .pax("GNU.sparse.minor", "1")
                .pax("GNU.sparse.name", "sparse")
                .pax("GNU.sparse.size", "10000000")
                .pax("GNU.sparse.map", "1000,3,9000000,2")
                .file("GNUSparseFile.1/sparse", "abcde"));
        FileStatus file = layer.existing("sparse");
        assertThat(file.bytes()).isEqualTo(10_000_000);
        assertThat(file.blocks()).isLessThan(50);
        assertThat(layer.content("sparse").substring(1000, 1003)).isEqualTo("abc");
        assertThat(layer.content("sparse").substring(9_000_000, 9_000_002)).isEqualTo("de");
    }

    @Test
    void whiteoutsHideLowerLayers() {
        layer.apply(new Tar().file("d/.wh.gone", "").file("e/.wh..wh..opq", "").file("e/kept", "x"));
        assertThat(layer.isWhiteout("d/gone")).isTrue();
        assertThat(layer.isOpaque("e")).isTrue();
        assertThat(layer.existing("e/kept").isRegular()).isTrue();
        assertThat(layer.status("d/.wh.gone")).isEmpty();
    }

    @Test
    void whatTheSameLayerHasUnderAWhiteoutIsShownAndNothingElse() throws IOException {
        layer.apply(new Tar()
                .file(".wh.file-after", "")
                .file("file-after", "x")
                .file("file-before", "x")
                .file(".wh.file-before", "")
                .file(".wh.dir-after", "")
                .directory("dir-after")
                .file("dir-before/f", "x")
                .file(".wh.dir-before", "")
                .file(".wh.implied-after", "")
                .file("implied-after/f", "x"));
        assertThat(layer.content("file-after")).isEqualTo("x");
        assertThat(layer.content("file-before")).isEqualTo("x");
        assertThat(layer.isOpaque("dir-after")).isTrue();
        assertThat(layer.isOpaque("dir-before")).isTrue();
        assertThat(layer.content("dir-before/f")).isEqualTo("x");
        assertThat(layer.isOpaque("implied-after")).isTrue();
    }

    @Test
    void aDeviceOfNumberZeroIsAWhiteout() {
        layer.apply(new Tar().device("x", '3', 0, 0).directory("d").device("d", '3', 0, 0));
        assertThat(layer.isWhiteout("x")).isTrue();
        assertThat(layer.isOpaque("d")).isTrue();
    }

    @Test
    void aufssOwnFilesAreLeftOut() {
        layer.apply(new Tar()
                .file(".wh..wh.aufs", "")
                .directory(".wh..wh.plnk")
                .file(".wh..wh.plnk/1.2", "x")
                .file("a", "x"));
        assertThat(layer.root.toFile().list()).containsExactly("a");
    }

    @Test
    void aLaterEntryTakesThePlaceOfAnEarlierOne() throws IOException {
        layer.apply(new Tar()
                .file("a", "one")
                .file("a", "two")
                .file("d/x", "y")
                .file("d", "file")
                .file("e", "file")
                .file("f/g", "x")
                .mode(0700)
                .directory("f"));
        assertThat(layer.content("a")).isEqualTo("two");
        assertThat(layer.content("d")).isEqualTo("file");
        assertThat(layer.existing("f").permissions()).isEqualTo(0700);
        assertThat(layer.content("f/g")).isEqualTo("x");
    }

    @Test
    void theRootsOwnAttributesAreSet() {
        layer.apply(new Tar().mode(0711).owner(1, 2).directory("./").file("./a", "x"));
        try {
            assertThat(Files.getAttribute(layer.root, "unix:mode")).isEqualTo(040711);
            assertThat(Files.getAttribute(layer.root, "unix:gid")).isEqualTo(2);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aFailureNamesTheEntry() {
        assertThatThrownBy(() -> layer.apply(new Tar().file("fine", "").hardLink("usr/bin/x", "usr/bin/y")))
                .isInstanceOf(Failure.Broken.class)
                .hasMessage("unpacking usr/bin/x of an image layer: it is a hard link to usr/bin/y, which is no file of"
                        + " the same layer");
    }

    @Test
    void aStreamThatBreaksIsReported() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };
        assertThatThrownBy(() -> layer.tar().apply(broken))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("connection reset")
                .hasCauseInstanceOf(IOException.class);
    }
}
