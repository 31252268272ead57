package io.holdfast.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A door before a registry that asks for a user's name and password (HTTP Basic) and passes what is read on. */
final class GuardedRegistry implements AutoCloseable {
    private static final List<String> PASSED_ON = List.of("Content-Type", "Docker-Content-Digest");

    private final LoopbackRegistry behind;
    private final String wanted;
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    GuardedRegistry(LoopbackRegistry behind, String user, String password) {
        this.behind = behind;
        var credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        this.wanted = "Basic " + Base64.getEncoder().encodeToString(credentials);
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        client.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                passOn(exchange);
            } else {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"it\"");
                exchange.sendResponseHeaders(401, -1);
            }
        }
    }

    private void passOn(HttpExchange exchange) throws IOException {
        var request = HttpRequest.newBuilder(URI.create("http://" + behind.host() + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
        var accepted = exchange.getRequestHeaders().getOrDefault("Accept", List.of());
        accepted.forEach(type -> request.header("Accept", type));
        try {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            PASSED_ON.forEach(name -> response.headers()
                    .firstValue(name)
                    .ifPresent(value -> exchange.getResponseHeaders().set(name, value)));
            var head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                response.headers()
                        .firstValue("Content-Length")
                        .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
            }
            exchange.sendResponseHeaders(response.statusCode(), head ? -1 : response.body().length);
            exchange.getResponseBody().write(head ? new byte[0] : response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
