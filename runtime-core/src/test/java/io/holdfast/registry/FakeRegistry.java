package io.holdfast.registry;

import io.holdfast.content.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A registry on a loopback socket that serves what was put into it, unless a script answers first: as wrongly, slowly or
 * rudely as a test wants it. Counts what it was asked and the bytes of blobs that it sent.
 */
public final class FakeRegistry implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Headers by lower case name. */
    public record Request(String method, String path, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** Answers, or returns false so that the usual answer is given. */
    public interface Script {
        boolean answer(Request request, Wire wire) throws IOException;
    }

    private record Stored(String type, byte[] content) {}

    private final ServerSocket server;
    private final Map<String, Stored> stored = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong blobBytes = new AtomicLong();
    private volatile Script script = (_, _) -> false;

    public FakeRegistry() {
        try {
            server = new ServerSocket(0, 50, LOOPBACK);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Thread.ofVirtual().name("fake-registry").start(this::accept);
    }

    public String host() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    public FakeRegistry script(Script with) {
        script = with;
        return this;
    }

    /** Under its digest and, if it is not empty, under a tag. */
    public Digest manifest(String repository, String tag, String type, byte[] content) {
        Digest digest = Digest.of(content);
        stored.put("/v2/" + repository + "/manifests/" + digest, new Stored(type, content));
        if (!tag.isEmpty()) {
            stored.put("/v2/" + repository + "/manifests/" + tag, new Stored(type, content));
        }
        return digest;
    }

    public Digest blob(String repository, byte[] content) {
        Digest digest = Digest.of(content);
        stored.put("/v2/" + repository + "/blobs/" + digest, new Stored("application/octet-stream", content));
        return digest;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public List<Request> requests(String method, String part) {
        return requests.stream()
                .filter(request ->
                        request.method().equals(method) && request.path().contains(part))
                .toList();
    }

    public long blobBytes() {
        return blobBytes.get();
    }

    public void forget() {
        requests.clear();
        blobBytes.set(0);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream());
                OutputStream out = socket.getOutputStream()) {
            for (Request request = read(in); !request.method().isEmpty(); request = read(in)) {
                requests.add(request);
                Wire wire = new Wire(out);
                if (!script.answer(request, wire)) {
                    usual(request, wire);
                }
                if (wire.broken()) {
                    return;
                }
            }
        } catch (IOException _) {
            return; // the client has gone, which is its right
        }
    }

    private void usual(Request request, Wire wire) throws IOException {
        String path = request.path().replaceAll("\\?.*", "");
        Stored found = stored.get(path);
        boolean head = request.method().equals("HEAD");
        if (found == null) {
            wire.answer(404, Map.of(), head ? "" : "{\"errors\":[{\"code\":\"UNKNOWN\"}]}");
        } else if (path.contains("/manifests/")) {
            Map<String, String> headers = Map.of(
                    "Content-Type",
                    found.type(),
                    "Docker-Content-Digest",
                    Digest.of(found.content()).toString(),
                    "Content-Length",
                    Integer.toString(found.content().length));
            wire.start(200, headers);
            wire.send(found.content(), 0, head ? 0 : found.content().length);
        } else {
            blob(request, found.content(), wire);
        }
    }

    /** A blob, or the range of it that was asked for. */
    private void blob(Request request, byte[] content, Wire wire) throws IOException {
        String range = request.header("range");
        int from = range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1"));
        Map<String, String> headers = new TreeMap<>();
        headers.put("Content-Length", Integer.toString(content.length - from));
        if (!range.isEmpty()) {
            headers.put("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        wire.start(range.isEmpty() ? 200 : 206, headers);
        wire.send(content, from, content.length - from);
        blobBytes.addAndGet(content.length - from);
    }

    private static Request read(InputStream in) throws IOException {
        String[] first = line(in).split(" ");
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return first.length < 2
                ? new Request("", "", Map.of(), "")
                : new Request(first[0], first[1], Map.copyOf(headers), body);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
