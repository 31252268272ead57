package io.holdfast.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.snapshot.Tar;
import io.holdfast.work.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ArchiveLoaderTest {
    private static final TestLayer ONE = TestLayer.gzip(Map.of("a", bytes("1"), "b", bytes("1")));
    private static final TestLayer TWO = TestLayer.plain(Map.of("b", bytes("2")));

    @TempDir
    Path root;

    private ImageRig rig;

    @BeforeEach
    void open() {
        rig = ImageRig.open(root);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void anOciLayoutIsLoadedUnderItsNames() {
        TestImage image = TestImage.of(ONE, TWO);
        TestImage other = TestImage.of(TWO);
        Map<String, byte[]> files = layout(image, other);
        files.put(
                "index.json",
                bytes(TestImage.index(
                        named(image, "io.containerd.image.name", "docker.io/library/mine:v1"),
                        named(other, "org.opencontainers.image.ref.name", "latest"))));
        List<Image> loaded = load(TestLayer.gzip(TestLayer.tar(files)));
        assertThat(loaded).hasSize(2);
        assertThat(loaded.getFirst().tags()).containsExactly("docker.io/library/mine:v1");
        assertThat(loaded.getFirst().digests()).containsExactly("docker.io/library/mine@" + image.digest());
        assertThat(loaded.getLast().tags()).isEmpty();
        assertThat(rig.images().find("mine:v1")).contains(loaded.getFirst());
        assertThat(rig.images().find(other.id())).contains(loaded.getLast());
        assertThat(rig.rootOf(loaded.getFirst())).isEqualTo(Map.of("a", "1", "b", "2"));
        rig.images().collect();
        assertThat(rig.content()).hasSize(4);
    }

    @Test
    void ofALayoutForSeveralPlatformsThisNodesIsLoaded() {
        TestImage mine = TestImage.of(ONE);
        TestImage foreign = TestImage.of(TWO);
        Map<String, byte[]> files = layout(mine);
        files.put("index.json", bytes(TestImage.index(foreign.entry("s390x"), mine.entry(TestImage.ARCHITECTURE))));
        assertThat(load(TestLayer.tar(files))).extracting(Image::id).containsExactly(mine.id());
        files.put("index.json", bytes(TestImage.index(foreign.entry("s390x"))));
        assertThatThrownBy(() -> load(TestLayer.tar(files))).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void namesAndAttributesAreNotReadWithoutEnd() {
        byte[] longName =
                new Tar().entry('L', "././@LongLink", "", new byte[2 << 20]).bytes();
        byte[] longAttribute =
                new Tar().pax("comment", "x".repeat(2 << 20)).file("a", "x").bytes();
        for (byte[] archive : List.of(longName, longAttribute)) {
            assertThatThrownBy(() -> load(archive))
                    .isInstanceOf(Failure.Invalid.class)
                    .hasMessageContaining("names and attributes");
        }
        assertThat(rig.content()).isEmpty();
    }

    @Test
    void whatDockerSavesIsLoaded() throws IOException {
        TestImage image = TestImage.of(ONE, TWO, ONE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            add(tar, "config.json", bytes(image.config()));
            add(tar, "l1/layer.tar", ONE.tar());
            add(tar, "./l2/layer.tar", TWO.tar());
            link(tar, "l3/layer.tar", "../l1/layer.tar");
            add(
                    tar,
                    "manifest.json",
                    bytes("[{\"Config\":\"config.json\",\"RepoTags\":[\"mine:v1\",\"quay.io/x/y:z\"],\"Layers\":"
                            + "[\"l1/layer.tar\",\"l2/layer.tar\",\"l3/layer.tar\"]}]"));
        }
        Image loaded = load(out.toByteArray()).getFirst();
        assertThat(loaded.id()).isEqualTo(image.id());
        assertThat(loaded.tags()).containsExactly("docker.io/library/mine:v1", "quay.io/x/y:z");
        assertThat(loaded.digests()).isEmpty();
        assertThat(rig.rootOf(loaded)).isEqualTo(Map.of("a", "1", "b", "1"));
        rig.images().collect();
        assertThat(rig.content()).hasSize(2);
        assertThat(load(out.toByteArray())).containsExactly(loaded);
    }

    @Test
    void whatASkopeoOfThisMachineWritesIsLoaded() throws Exception {
        TestImage image = TestImage.of(ONE, TWO);
        Map<String, byte[]> files = layout(image);
        files.put("index.json", bytes(TestImage.index(named(image, "org.opencontainers.image.ref.name", "v1"))));
        Path layout = root.resolve("layout.tar");
        java.nio.file.Files.write(layout, TestLayer.tar(files));
        Path saved = root.resolve("saved.tar");
        Process skopeo = new ProcessBuilder(
                        "skopeo",
                        "copy",
                        "--insecure-policy",
                        "oci-archive:" + layout + ":v1",
                        "docker-archive:" + saved + ":example.org/x:v2")
                .redirectErrorStream(true)
                .start();
        String said = new String(skopeo.getInputStream().readAllBytes(), UTF_8);
        assertThat(skopeo.waitFor()).as(said).isZero();
        Image loaded = load(java.nio.file.Files.readAllBytes(saved)).getFirst();
        assertThat(loaded.tags()).containsExactly("example.org/x:v2");
        assertThat(rig.rootOf(loaded)).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void contentThatIsNotOfItsDigestIsRefused() {
        TestImage image = TestImage.of(ONE);
        Map<String, byte[]> files = layout(image);
        files.put("index.json", bytes(TestImage.index(image.entry(TestImage.ARCHITECTURE))));
        files.put("blobs/sha256/" + ONE.digest().hex(), TWO.blob());
        assertThatThrownBy(() -> load(TestLayer.tar(files))).isInstanceOf(Failure.Broken.class);
        files.remove("blobs/sha256/" + ONE.digest().hex());
        assertThatThrownBy(() -> load(TestLayer.tar(files)))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("lacks layer");
        assertThat(rig.images().list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[{}]",
                "{}",
                "[{\"Config\":\"../../etc/passwd\",\"Layers\":[]}]",
                "[{\"Config\":\"loop\",\"Layers\":[]}]",
                "[{\"Config\":\"manifest.json\",\"Layers\":[]}]",
                "[{\"Config\":\"manifest.json\",\"RepoTags\":[\"A B\"],\"Layers\":[]}]"
            })
    void aManifestThatMakesNoSenseIsRefusedOrHasNoImage(String manifest) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            link(tar, "loop", "loop");
            add(tar, "manifest.json", bytes(manifest));
        }
        if (manifest.equals("[]")) {
            assertThat(load(out.toByteArray())).isEmpty();
        } else {
            assertThatThrownBy(() -> load(out.toByteArray())).isInstanceOf(Failure.class);
        }
        assertThat(rig.images().list()).isEmpty();
    }

    @Test
    void whatIsNoArchiveIsRefused() {
        for (byte[] bytes : List.of(new byte[0], bytes("hello"), TestLayer.gzip(bytes("hello")), new byte[10_240])) {
            assertThatThrownBy(() -> load(bytes)).isInstanceOf(Failure.Invalid.class);
        }
        assertThatThrownBy(() -> load(TestLayer.tar(Map.of("x", bytes("y")))))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("neither");
    }

    private List<Image> load(byte[] archive) {
        return rig.images().load(new ByteArrayInputStream(archive));
    }

    private static Map<String, byte[]> layout(TestImage... images) {
        Map<String, byte[]> files = new HashMap<>();
        files.put("oci-layout", bytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
        for (TestImage image : images) {
            image.layers()
                    .forEach(layer -> files.put("blobs/sha256/" + layer.digest().hex(), layer.blob()));
            files.put("blobs/sha256/" + image.id().substring(7), bytes(image.config()));
            files.put("blobs/sha256/" + image.digest().hex(), bytes(image.manifest()));
        }
        return files;
    }

    private static String named(TestImage image, String annotation, String name) {
        String entry = image.entry(TestImage.ARCHITECTURE);
        return entry.substring(0, entry.length() - 1) + ",\"annotations\":{\"" + annotation + "\":\"" + name + "\"}}";
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void link(TarArchiveOutputStream tar, String name, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
