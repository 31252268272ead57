package io.holdfast.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.holdfast.content.Caps;
import io.holdfast.content.Digest;
import io.holdfast.registry.FakeRegistry;
import io.holdfast.work.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are broken or meant to break something: refused with a reason, and nothing of them is left. */
@Timeout(60)
class HostileImageTest {
    private static final TestLayer LAYER = TestLayer.gzip(Map.of("a", bytes("a")));

    @TempDir
    Path root;

    private final FakeRegistry registry = new FakeRegistry();
    private ImageRig rig;

    @BeforeEach
    void open() {
        UnpackLimits small = new UnpackLimits(8 << 20, 100, 1 << 20, 1 << 20);
        Images.Settings usual = Images.Settings.usual(root.resolve("content"));
        rig = ImageRig.open(
                root, new Images.Settings(usual.content(), 3, usual.pullLimit(), java.time.Duration.ZERO, small));
    }

    @AfterEach
    void nothingIsLeft() {
        rig.images().collect();
        assertThat(rig.images().list()).isEmpty();
        assertThat(rig.content()).isEmpty();
        assertThat(rig.snapshotter().layers()).isEmpty();
        assertThat(rig.snapshotDirectories()).isEmpty();
        rig.close();
        registry.close();
    }

    @Test
    void aDocumentThatIsTwoThingsIsNone() {
        refused(
                TestImage.of(LAYER)
                        .withManifest(TestImage.of(LAYER).manifest().replaceFirst("\\{", "{\"manifests\":[],")),
                "both an index and an image");
    }

    @Test
    void aDocumentThatCallsItselfOtherwiseThanItsHeaderIsRefused() {
        TestImage image = TestImage.of(LAYER);
        image.push(registry, "x", "");
        registry.manifest("x", "v", TestImage.DOCKER_MANIFEST, bytes(image.manifest()));
        refused("calls itself");
    }

    @Test
    void aChildThatIsNotOfTheTypeThatItsIndexNamesIsRefused() {
        TestImage image = TestImage.of(LAYER);
        image.push(registry, "x", "");
        String index = TestImage.index(
                image.entry(TestImage.ARCHITECTURE).replace(MediaTypes.OCI_MANIFEST, TestImage.DOCKER_MANIFEST));
        registry.manifest("x", "v", MediaTypes.OCI_INDEX, bytes(index));
        refused("but its index names it");
    }

    @Test
    void schemaOneIsNamed() {
        registry.manifest(
                "x",
                "v",
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                bytes("{\"schemaVersion\":1,\"fsLayers\":[]}"));
        refused("schema 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "<html>",
                "{}",
                "{\"schemaVersion\":2}",
                "{\"schemaVersion\":3,\"layers\":[]}",
                "{\"schemaVersion\":2,\"schemaVersion\":2,\"layers\":[]}",
                "{\"schemaVersion\":2,\"layers\":[]}",
                "{\"schemaVersion\":2,\"layers\":{},\"config\":{\"digest\":\"x\",\"size\":1}}",
                "{\"schemaVersion\":2,\"layers\":[],\"config\":{\"digest\":\"sha256:../../x\",\"size\":1}}",
                "{\"schemaVersion\":2,\"layers\":[],\"config\":{\"digest\":\"sha256:00\",\"size\":-1}}",
                "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.example.artifact\"}",
            })
    void whatIsNoManifestIsRefused(String manifest) {
        registry.manifest("x", "v", MediaTypes.OCI_MANIFEST, bytes(manifest));
        refused("");
    }

    @Test
    void aDeeplyNestedDocumentIsRefused() {
        registry.manifest("x", "v", MediaTypes.OCI_MANIFEST, bytes("{\"a\":" + "[".repeat(100_000)));
        refused("");
    }

    @Test
    void aManifestOfTooManyLayersIsRefused() {
        String layer = TestImage.descriptor(MediaTypes.OCI_LAYER, LAYER.blob());
        String layers = IntStream.range(0, Caps.LAYERS + 1).mapToObj(_ -> layer).collect(Collectors.joining(","));
        TestImage image = TestImage.of();
        refused(image.withManifest(image.manifest().replace("\"layers\":[", "\"layers\":[" + layers)), "between 0 and");
    }

    @Test
    void indexesWithinIndexesEnd() {
        String inner = TestImage.index();
        for (int i = 0; i < 6; i++) {
            registry.manifest("x", i == 5 ? "v" : "", MediaTypes.OCI_INDEX, bytes(inner));
            inner = TestImage.index(TestImage.descriptor(MediaTypes.OCI_INDEX, bytes(inner)));
        }
        refused("nested");
    }

    @Test
    void anImageForOtherMachinesIsNamedAsSuch() {
        TestImage image = TestImage.of(LAYER);
        image.push(registry, "x", "");
        registry.manifest("x", "v", MediaTypes.OCI_INDEX, bytes(TestImage.index(image.entry("s390x"))));
        assertThatThrownBy(this::pull).isInstanceOf(Failure.NotFound.class).hasMessageContaining("linux/s390x");
        TestImage foreign = image.withConfig(image.config().replace(TestImage.ARCHITECTURE, "s390x"));
        foreign.push(registry, "x", "v");
        assertThatThrownBy(this::pull).isInstanceOf(Failure.NotFound.class).hasMessageContaining("linux/s390x");
    }

    @Test
    void diffIdsMustBeThoseOfTheLayers() {
        TestImage image = TestImage.of(LAYER);
        String other = Digest.of(bytes("other")).toString();
        refused(image.withConfig(image.config().replace(LAYER.diffId().toString(), other)), "unpacks to");
        refused(image.withConfig(image.config().replace("\"" + LAYER.diffId() + "\"", "")), "names 0");
    }

    @Test
    void aLayerOfTheWrongDigestIsNotUsed() {
        TestImage image = TestImage.of(LAYER);
        image.push(registry, "x", "v");
        byte[] wrong = TestLayer.gzip(Map.of("a", bytes("b"))).blob();
        byte[] sized = Arrays.copyOf(wrong, LAYER.blob().length);
        registry.script((request, wire) -> {
            if (!request.path().endsWith(LAYER.digest().toString())) {
                return false;
            }
            wire.start(200, Map.of("Content-Length", Integer.toString(sized.length)));
            return wire.send(sized, 0, sized.length);
        });
        assertThatThrownBy(this::pull)
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("is not " + LAYER.digest());
    }

    @Test
    void aBombIsDefused() {
        byte[] zeros = new byte[64 << 20];
        byte[] tar = TestLayer.tar(Map.of("zeros", zeros));
        refused(TestImage.of(new TestLayer(tar, Zstd.compress(tar, 19), MediaTypes.OCI_LAYER + "+zstd")), "grows");
        refused(TestImage.of(new TestLayer(tar, TestLayer.gzip(tar), MediaTypes.OCI_LAYER + "+gzip")), "grows");
    }

    @Test
    void aLayerThatIsCutOffIsRefused() {
        byte[] tar = LAYER.tar();
        byte[] half = Arrays.copyOf(LAYER.blob(), LAYER.blob().length / 2);
        refused(TestImage.of(new TestLayer(tar, half, MediaTypes.OCI_LAYER + "+gzip")), "unpacking layer");
        byte[] zstd = Zstd.compress(tar);
        refused(
                TestImage.of(new TestLayer(tar, Arrays.copyOf(zstd, zstd.length / 2), MediaTypes.OCI_LAYER + "+zstd")),
                "");
    }

    @Test
    void aZstdWindowIsCapped() throws IOException {
        byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (21 << 3), 1, 0, 0};
        refused(TestImage.of(new TestLayer(LAYER.tar(), frame, MediaTypes.OCI_LAYER + "+zstd")), "unpacking layer");
    }

    @Test
    void membersOfGzipAreOneLayer() throws IOException {
        byte[] tar = LAYER.tar();
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(TestLayer.gzip(Arrays.copyOf(tar, 700)));
        members.write(TestLayer.gzip(Arrays.copyOfRange(tar, 700, tar.length)));
        TestImage image = TestImage.of(new TestLayer(tar, members.toByteArray(), MediaTypes.OCI_LAYER + "+gzip"));
        image.push(registry, "x", "v");
        assertThat(rig.rootOf(pull())).containsEntry("a", "a");
        rig.images().remove(image.id());
    }

    @Test
    void theUrlsOfForeignLayersAreNotAsked() {
        try (FakeRegistry elsewhere = new FakeRegistry()) {
            elsewhere.blob("x", LAYER.blob());
            TestImage image = TestImage.of(LAYER);
            String foreign = image.manifest()
                    .replace(
                            MediaTypes.OCI_LAYER + "+gzip",
                            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\",\"urls\":[\"http://"
                                    + elsewhere.host() + "/v2/x/blobs/" + LAYER.digest() + "\"],\"x\":\"");
            TestImage worse = image.withManifest(foreign);
            registry.blob("x", bytes(worse.config()));
            registry.manifest("x", "v", MediaTypes.OCI_MANIFEST, bytes(foreign));
            assertThatThrownBy(this::pull).isInstanceOf(Failure.NotFound.class);
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"User\":\"root\\n\"}",
                "{\"User\":5}",
                "{\"Env\":[\"A=\\u0000\"]}",
                "{\"Env\":{}}",
                "{\"Entrypoint\":[[]]}",
                "{\"WorkingDir\":\"/a\\nb\"}",
                "{\"StopSignal\":\"TERM\\u0007\"}",
                "{\"Volumes\":[]}",
                "{\"Labels\":{\"a\":5}}",
                "[]",
                "\"x\"",
            })
    void aConfigOfOtherShapesIsRefused(String config) {
        refused(TestImage.of(config, LAYER), "image config sha256:");
    }

    @Test
    void aConfigOfTooManyEntriesIsRefused() {
        String many = IntStream.range(0, Caps.CONFIG_ENTRIES + 1)
                .mapToObj(i -> "\"A" + i + "=\"")
                .collect(Collectors.joining(","));
        refused(TestImage.of("{\"Env\":[" + many + "]}", LAYER), "entries");
    }

    @Test
    void anArtifactIsNoImage() {
        TestImage image = TestImage.of(LAYER);
        refused(
                image.withManifest(
                        image.manifest().replace(MediaTypes.OCI_CONFIG, "application/vnd.oci.empty.v1+json")),
                "artifact");
        refused(
                image.withManifest(image.manifest().replace(MediaTypes.OCI_LAYER + "+gzip", "application/x-wasm")),
                "layer of the type");
        refused(
                image.withManifest(image.manifest()
                        .replace(MediaTypes.OCI_LAYER + "+gzip", MediaTypes.OCI_LAYER + "+gzip+encrypted")),
                "layer of the type");
    }

    private void refused(TestImage image, String why) {
        image.push(registry, "x", "v");
        refused(why);
    }

    private void refused(String why) {
        assertThatThrownBy(this::pull).isInstanceOf(Failure.Broken.class).hasMessageContaining(why);
    }

    private Image pull() {
        return rig.pull(registry.host() + "/x:v");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
