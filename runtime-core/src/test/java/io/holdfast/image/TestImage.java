package io.holdfast.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.content.Digest;
import io.holdfast.registry.FakeRegistry;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** An image for tests, of layers and a config object; every document can be replaced by a worse one. */
record TestImage(List<TestLayer> layers, String config, String manifest) {
    static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    static final String ARCHITECTURE = Platform.ofThisNode().architecture();

    static TestImage of(TestLayer... layers) {
        return of("{\"Cmd\":[\"/run\"],\"Env\":[\"A=b\"]}", layers);
    }

    static TestImage of(String config, TestLayer... layers) {
        List<TestLayer> all = List.of(layers);
        String diffIds =
                all.stream().map(layer -> '"' + layer.diffId().toString() + '"').collect(Collectors.joining(","));
        String whole = "{\"os\":\"linux\",\"architecture\":\"" + ARCHITECTURE + "\",\"config\":" + config
                + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + diffIds + "]}}";
        return new TestImage(all, whole, manifest(whole, all));
    }

    /** One layer with a file of so many random bytes. */
    static TestImage random(int seed, int bytes) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return of(TestLayer.gzip(Map.of("file-" + seed, content)));
    }

    TestImage withConfig(String other) {
        return new TestImage(layers, other, manifest(other, layers));
    }

    TestImage withManifest(String other) {
        return new TestImage(layers, config, other);
    }

    String id() {
        return Digest.of(config.getBytes(UTF_8)).toString();
    }

    Digest digest() {
        return Digest.of(manifest.getBytes(UTF_8));
    }

    /** Puts it into a registry; the manifest's digest. */
    Digest push(FakeRegistry registry, String repository, String tag) {
        layers.forEach(layer -> registry.blob(repository, layer.blob()));
        registry.blob(repository, config.getBytes(UTF_8));
        return registry.manifest(repository, tag, MediaTypes.OCI_MANIFEST, manifest.getBytes(UTF_8));
    }

    /** As an element of an index. */
    String entry(String architecture) {
        return "{\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"digest\":\"" + digest() + "\",\"size\":"
                + manifest.getBytes(UTF_8).length + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture
                + "\"}}";
    }

    static String index(String... entries) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_INDEX + "\",\"manifests\":["
                + String.join(",", entries) + "]}";
    }

    static String descriptor(String type, byte[] content) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + Digest.of(content) + "\",\"size\":" + content.length
                + "}";
    }

    private static String manifest(String config, List<TestLayer> layers) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"config\":"
                + descriptor(MediaTypes.OCI_CONFIG, config.getBytes(UTF_8)) + ",\"layers\":["
                + layers.stream()
                        .map(layer -> descriptor(layer.mediaType(), layer.blob()))
                        .collect(Collectors.joining(","))
                + "]}";
    }
}
