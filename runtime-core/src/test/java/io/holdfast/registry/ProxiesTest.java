package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
    private final Proxies proxies = Proxies.of(Map.of(
            "HTTPS_PROXY", "http://secure.example:3128",
            "http_proxy", "plain.example:8080",
            "NO_PROXY", "internal.example, .corp, *.lab, 10.1.0.0/16, 192.168.0.7, odd.example:5000"));

    @ParameterizedTest
    @CsvSource({
        "https, quay.io, 443, http://secure.example:3128",
        "http, quay.io, 80, http://plain.example:8080",
        "https, 10.2.0.1, 443, http://secure.example:3128",
        "https, odd.example, 443, http://secure.example:3128",
        "https, notinternal.example, 443, http://secure.example:3128",
    })
    void aHostIsAskedThroughTheProxyOfItsScheme(String scheme, String host, int port, String proxy) {
        assertThat(proxies.proxyFor(scheme, host, port)).contains(URI.create(proxy));
    }

    @ParameterizedTest
    @CsvSource({
        "internal.example, 443",
        "a.internal.example, 443",
        "x.corp, 443",
        "x.lab, 443",
        "10.1.2.3, 443",
        "192.168.0.7, 443",
        "odd.example, 5000",
        "localhost, 5000",
        "127.0.0.1, 5000",
        "[::1], 5000",
    })
    void whatNeedsNoProxyGetsNone(String host, int port) {
        assertThat(proxies.proxyFor("https", host, port)).isEmpty();
    }

    @Test
    void anEnvironmentWithoutProxiesHasNone() {
        assertThat(Proxies.of(Map.of()).proxyFor("https", "quay.io", 443)).isEmpty();
    }

    @Test
    void aProxyThatIsNoUrlIsRefusedWithoutItsText() {
        assertThatThrownBy(() -> Proxies.of(Map.of("HTTPS_PROXY", "http://u:s3cret@ bad")))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }
}
