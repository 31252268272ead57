package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
    @ParameterizedTest
    @CsvSource({
        "https://192.0.2.1, https://192.0.2.2/x",
        "https://192.0.2.1, https://192.0.2.1:8443/x",
        "http://192.0.2.1, http://192.0.2.2/x",
        "http://192.0.2.1, https://192.0.2.2/x",
        "http://127.0.0.1:5000, http://127.0.0.1:5001/x",
        "https://192.0.2.1, https://10.0.0.1/x",
    })
    void registriesMaySendUsToEachOther(String from, String to) throws HostFailed {
        assertThat(Targets.check(Origin.of(URI.create(from)), URI.create(to), "it"))
                .hasToString(to);
    }

    @ParameterizedTest
    @CsvSource({
        "https://192.0.2.1, http://192.0.2.1/x",
        "https://192.0.2.1, https://127.0.0.1/x",
        "https://192.0.2.1, https://[::1]/x",
        "https://192.0.2.1, https://0.0.0.0/x",
        "https://192.0.2.1, https://169.254.169.254/x",
        "http://127.0.0.1:5000, http://169.254.169.254/x",
        "https://192.0.2.1, https://[fe80::1]/x",
        "https://192.0.2.1, https://224.0.0.1/x",
        "https://192.0.2.1, https://localhost/x",
        "https://192.0.2.1, ftp://192.0.2.1/x",
        "https://192.0.2.1, file:/etc/passwd",
        "https://192.0.2.1, https://u@192.0.2.1/x",
        "https://192.0.2.1, https://192.0.2.1:65536/x",
    })
    void butNotToWhatNoRegistryCanBe(String from, String to) {
        assertThatThrownBy(() -> Targets.check(Origin.of(URI.create(from)), URI.create(to), "it"))
                .isInstanceOf(HostFailed.class);
    }
}
