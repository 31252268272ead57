package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A docker-registry of our own on a free loopback port, plain HTTP, with its storage in the suite's scratch directory. */
public final class LoopbackRegistry implements AutoCloseable {
    private final Path storage;
    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Starts the registry and waits until it answers. */
    public LoopbackRegistry(Path directory) {
        this.storage = directory.resolve("storage");
        this.port = freePort();
        this.process = start(directory);
        Await.until("docker-registry on port " + port + " to answer", Duration.ofSeconds(20), this::answers);
    }

    public int port() {
        return port;
    }

    /** The registry's name as the first part of an image reference. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /** A port nobody listens on at the moment. */
    public static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void putBlob(String repository, byte[] blob) {
        var digest = Digests.sha256(blob);
        var opened = send(
                HttpRequest.newBuilder(api(repository + "/blobs/uploads/")).POST(HttpRequest.BodyPublishers.noBody()));
        var location = opened.headers().firstValue("Location").orElseThrow();
        var upload = api(repository).resolve(location + (location.contains("?") ? "&" : "?") + "digest=" + digest);
        send(HttpRequest.newBuilder(upload)
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(blob)));
    }

    public void putManifest(String repository, String tag, String mediaType, byte[] manifest) {
        send(HttpRequest.newBuilder(api(repository + "/manifests/" + tag))
                .header("Content-Type", mediaType)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(manifest)));
    }

    /** Replaces a blob's bytes behind the registry's back, as a broken disk would. */
    public void corrupt(String digest, byte[] bytes) {
        var hex = digest.substring("sha256:".length());
        var file = storage.resolve("docker/registry/v2/blobs/sha256")
                .resolve(hex.substring(0, 2))
                .resolve(hex)
                .resolve("data");
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("corrupt blob " + digest, e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private Process start(Path directory) {
        try {
            Files.createDirectories(storage);
            var config = Files.writeString(directory.resolve("registry.yml"), """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage:
                  filesystem: {rootdirectory: %s}
                  cache: {}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(storage, port));
            var log = directory.resolve("registry.log").toFile();
            return new ProcessBuilder("docker-registry", "serve", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("start docker-registry (Debian's package docker-registry)", e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("docker-registry exited with " + process.exitValue());
        }
        try {
            var ping = HttpRequest.newBuilder(URI.create("http://" + host() + "/v2/"))
                    .build();
            return http.send(ping, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private URI api(String path) {
        return URI.create("http://" + host() + "/v2/" + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        var built = request.build();
        try {
            var response = http.send(built, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new AssertionError(
                        built.method() + " " + built.uri() + ": " + response.statusCode() + " " + response.body());
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(built.method() + " " + built.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
