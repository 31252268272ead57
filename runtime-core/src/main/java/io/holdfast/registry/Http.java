package io.holdfast.registry;

import io.holdfast.content.Caps;
import io.holdfast.work.Deadline;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends requests: one client for each way to trust a host, no cookies, no redirects, no retries, no encodings, capped
 * headers, and a limit on every wait. What a client does by itself is what cannot be argued about elsewhere.
 */
final class Http implements AutoCloseable {
    private static final int CONNECTIONS = 8;
    private static final int SOCKET_BUFFER = 256 << 10;

    private final Patience patience;
    private final Trust trust;
    private final Proxies proxies;
    private final Map<Tls, CloseableHttpClient> clients = new HashMap<>();

    Http(Patience patience, Trust trust, Proxies proxies) {
        this.patience = patience;
        this.trust = trust;
        this.proxies = proxies;
    }

    /** The answer as soon as its header is there. */
    Answer send(Call call) throws IOException {
        Deadline.check("asking " + call.shown());
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
        call.headers().forEach((name, values) -> values.forEach(value -> request.addHeader(name, value)));
        request.setHeader("Accept-Encoding", "identity");
        if (!call.form().isEmpty()) {
            request.setEntity(new StringEntity(call.form(), ContentType.APPLICATION_FORM_URLENCODED));
        }
        try (Alarm _ = Alarm.after(Deadline.remaining(headerLimit()), request::cancel)) {
            return new Answer(request, client(call.tls()).executeOpen(target(call.uri()), request, null), patience);
        }
    }

    @Override
    public synchronized void close() {
        clients.values().forEach(client -> client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE));
    }

    /** For connecting, the handshake and the header together, however slowly their bytes come. */
    private java.time.Duration headerLimit() {
        return patience.connect().multipliedBy(2).plus(patience.header());
    }

    private synchronized CloseableHttpClient client(Tls tls) {
        return clients.computeIfAbsent(tls, this::make);
    }

    private CloseableHttpClient make(Tls tls) {
        return HttpClients.custom()
                .setConnectionManager(connections(tls))
                .setRoutePlanner(proxies.planner())
                .setDefaultCredentialsProvider(proxies.credentials())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.of(patience.header()))
                        .setConnectionRequestTimeout(Timeout.of(headerLimit()))
                        .build())
                .setUserAgent("holdfast")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression()
                .build();
    }

    private PoolingHttpClientConnectionManager connections(Tls tls) {
        Timeout read = Timeout.of(patience.read());
        Http1Config limits = Http1Config.custom()
                .setMaxLineLength(Caps.HEADER_LINE_BYTES)
                .setMaxHeaderCount(Caps.HEADERS)
                .setBufferSize(64 << 10)
                .build();
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(trust.strategy(tls))
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(limits)
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom()
                        .setSoTimeout(read)
                        .setRcvBufSize(SOCKET_BUFFER)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(patience.connect()))
                        .setSocketTimeout(read)
                        .setValidateAfterInactivity(Timeout.of(1, TimeUnit.SECONDS))
                        .build())
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setHandshakeTimeout(Timeout.of(patience.connect()))
                        .build())
                .setMaxConnPerRoute(CONNECTIONS)
                .setMaxConnTotal(2 * CONNECTIONS)
                .build();
    }

    private static HttpHost target(URI uri) {
        Origin origin = Origin.of(uri);
        return new HttpHost(origin.scheme(), origin.host(), origin.port());
    }
}
