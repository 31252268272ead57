package io.holdfast.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A docker-registry process on a free loopback port, with its storage below a test's directory. */
final class DockerRegistry implements AutoCloseable {
    private static final int TRIES = 200;

    private final Path root;
    private final int port;
    private final Process process;

    private DockerRegistry(Path root, int port, Process process) {
        this.root = root;
        this.port = port;
        this.process = process;
    }

    /** {@code more} is added to its configuration. */
    static DockerRegistry start(Path root, String more) throws Exception {
        int port = freePort();
        Path config = root.resolve("registry.yml");
        Files.writeString(
                config,
                "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: "
                        + root.resolve("registry") + "\nhttp:\n  addr: 127.0.0.1:" + port + "\n" + more);
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("registry.log").toFile())
                .start();
        DockerRegistry registry = new DockerRegistry(root, port, process);
        registry.awaitAnswer();
        return registry;
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    /** By skopeo, in the format {@code oci} or {@code v2s2}. */
    void push(TestImage image, String name, String credentials, String format) throws Exception {
        Path layout = root.resolve("push.tar");
        Files.write(layout, TestLayer.tar(layout(image)));
        List<String> command = new java.util.ArrayList<>(
                List.of("skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", "--format", format));
        if (!credentials.isEmpty()) {
            command.addAll(List.of("--dest-creds", credentials));
        }
        command.addAll(List.of("oci-archive:" + layout, "docker://" + host() + "/" + name));
        Process skopeo = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(skopeo.getInputStream().readAllBytes(), UTF_8);
        assertThat(skopeo.waitFor()).as(said).isZero();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static Map<String, byte[]> layout(TestImage image) {
        Map<String, byte[]> files = new HashMap<>();
        files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
        files.put(
                "index.json",
                TestImage.index(image.entry(TestImage.ARCHITECTURE)).getBytes(UTF_8));
        image.layers()
                .forEach(layer -> files.put("blobs/sha256/" + layer.digest().hex(), layer.blob()));
        files.put("blobs/sha256/" + image.id().substring(7), image.config().getBytes(UTF_8));
        files.put("blobs/sha256/" + image.digest().hex(), image.manifest().getBytes(UTF_8));
        return files;
    }

    private void awaitAnswer() throws Exception {
        for (int i = 0; i < TRIES && process.isAlive(); i++) {
            if (answers()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException(
                "docker-registry does not answer: " + Files.readString(root.resolve("registry.log")));
    }

    private boolean answers() {
        try {
            var connection = (HttpURLConnection)
                    URI.create("http://" + host() + "/v2/").toURL().openConnection();
            return connection.getResponseCode() > 0;
        } catch (IOException _) {
            return false; // not yet
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
