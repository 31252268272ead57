package io.holdfast.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An image to push: layers from the bottom up and the {@code config} object of the image configuration (keys as the OCI
 * image spec has them: Entrypoint, Cmd, Env, User, WorkingDir, StopSignal, Volumes).
 */
public record ImageRecipe(List<Layer.Packed> layers, Map<String, Object> config, Format format) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public ImageRecipe {
        layers = List.copyOf(layers);
        config = Map.copyOf(config);
    }

    public ImageRecipe(List<Layer.Packed> layers, Map<String, Object> config) {
        this(layers, config, Format.OCI);
    }

    /** The two families of media types that registries hold. */
    public enum Format {
        OCI(
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.config.v1+json",
                "application/vnd.oci.image.layer.v1.tar"),
        DOCKER(
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.container.image.v1+json",
                "application/vnd.docker.image.rootfs.diff.tar");

        private final String manifest;
        private final String config;
        private final String layer;

        Format(String manifest, String config, String layer) {
            this.manifest = manifest;
            this.config = config;
            this.layer = layer;
        }

        private String layer(Layer.Packing packing) {
            return switch (packing) {
                case PLAIN -> layer;
                case GZIP -> layer + (this == OCI ? "+gzip" : ".gzip");
                case ZSTD -> layer + (this == OCI ? "+zstd" : ".zstd");
            };
        }
    }

    /** An image in a registry; {@code configDigest} is what Kubernetes runtimes use as the image's id. */
    public record Pushed(String repository, String digest, String configDigest, int size, List<String> layerDigests) {}

    /** Pushes the image under each tag of a repository. */
    public Pushed push(LoopbackRegistry registry, String repository, String... tags) {
        var blobs = layers.stream().map(Layer.Packed::blob).toList();
        blobs.forEach(blob -> registry.putBlob(repository, blob));
        var configuration = configuration();
        registry.putBlob(repository, configuration);
        var manifest = manifest(configuration);
        for (var tag : tags) {
            registry.putManifest(repository, tag, format.manifest, manifest);
        }
        return new Pushed(
                repository,
                Digests.sha256(manifest),
                Digests.sha256(configuration),
                manifest.length,
                blobs.stream().map(Digests::sha256).toList());
    }

    /** Pushes an index of images by architecture (Go's names), in the order given. */
    public static String pushIndex(
            LoopbackRegistry registry, String repository, String tag, Map<String, Pushed> byArchitecture) {
        var type = "application/vnd.oci.image.index.v1+json";
        var manifests = byArchitecture.entrySet().stream()
                .map(e -> Map.of(
                        "mediaType", Format.OCI.manifest,
                        "digest", e.getValue().digest(),
                        "size", e.getValue().size(),
                        "platform", Map.of("architecture", e.getKey(), "os", "linux")))
                .toList();
        var index = json(Map.of("schemaVersion", 2, "mediaType", type, "manifests", manifests));
        registry.putManifest(repository, tag, type, index);
        return Digests.sha256(index);
    }

    /** This machine's architecture by the name that images use. */
    public static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    private byte[] configuration() {
        var document = new LinkedHashMap<String, Object>();
        document.put("architecture", architecture());
        document.put("os", "linux");
        document.put("created", "2023-11-14T22:13:20Z");
        document.put("config", config);
        var diffIds = layers.stream().map(Layer.Packed::diffId).toList();
        document.put("rootfs", Map.of("type", "layers", "diff_ids", diffIds));
        return json(document);
    }

    private byte[] manifest(byte[] configuration) {
        var described = layers.stream()
                .map(layer -> descriptor(format.layer(layer.packing()), layer.blob()))
                .toList();
        var document = new LinkedHashMap<String, Object>();
        document.put("schemaVersion", 2);
        document.put("mediaType", format.manifest);
        document.put("config", descriptor(format.config, configuration));
        document.put("layers", described);
        return json(document);
    }

    private static Map<String, Object> descriptor(String mediaType, byte[] blob) {
        return Map.of("mediaType", mediaType, "digest", Digests.sha256(blob), "size", blob.length);
    }

    private static byte[] json(Map<String, Object> document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new AssertionError("maps of plain values are always JSON", e);
        }
    }
}
