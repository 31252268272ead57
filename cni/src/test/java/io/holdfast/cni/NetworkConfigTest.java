package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkConfigTest {

    @Test
    void aConflistIsReadWhole() {
        NetworkConfig config = NetworkConfig.parse("""
            {"cniVersion":"1.0.0","name":"pods","disableCheck":true,"disableGC":"true","plugins":[
              {"type":"bridge","ipam":{"type":"host-local"},"own":{"x":1}},
              {"type":"portmap","capabilities":{"portMappings":true,"bandwidth":false}}]}\
            """);

        assertThat(config.name()).isEqualTo("pods");
        assertThat(config.version()).isEqualTo(CniVersion.V1_0_0);
        assertThat(config.disableCheck()).isTrue();
        assertThat(config.disableGc()).isTrue();
        assertThat(config.binaries()).containsExactly("bridge", "host-local", "portmap");
        assertThat(config.plugins().getLast().capabilities()).containsExactly("portMappings");
    }

    @Test
    void theConfOfOnePluginIsAListOfOne() {
        NetworkConfig config = NetworkConfig.parse("{\"cniVersion\":\"0.4.0\",\"name\":\"one\",\"type\":\"ptp\"}");

        assertThat(config.plugins()).hasSize(1);
        assertThat(NetworkConfig.parse(config.json()).json()).isEqualTo(config.json());
        assertThat(config.plugins()
                        .getFirst()
                        .execution("one", CniVersion.V0_4_0)
                        .toString())
                .isEqualTo("{\"cniVersion\":\"0.4.0\",\"name\":\"one\",\"type\":\"ptp\"}");
    }

    @Test
    void whatAPluginIsToldHasTheListsNameAndVersionAndNoCapabilities() {
        PluginConfig plugin = PluginConfig.of(
                CniJson.parse(
                        "{\"type\":\"p\",\"name\":\"other\",\"cniVersion\":\"9.9.9\",\"capabilities\":{\"mac\":true},\"x\":[1.5]}"));

        assertThat(plugin.execution("pods", CniVersion.V1_1_0).toString())
                .isEqualTo("{\"type\":\"p\",\"name\":\"pods\",\"cniVersion\":\"1.1.0\",\"x\":[1.5]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"cniVersion\":\"0.3.0\"|0.3.0",
                "\"cniVersion\":\"0.4.0\",\"cniVersions\":[\"0.3.1\",\"1.0.0\",\"1.1.0\"]|1.1.0",
                "\"cniVersion\":\"7.0.0\",\"cniVersions\":[\"1.0.0\"]|1.0.0",
                "\"cniVersions\":[\"1.1.0\"]|1.1.0"
            })
    void theHighestVersionThatIsSpokenIsChosen(String versions, String chosen) {
        assertThat(NetworkConfig.parse("{" + versions + ",\"name\":\"n\",\"type\":\"t\"}")
                        .version())
                .hasToString(chosen);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|empty",
                "[]|must be one JSON object",
                "{\"name\":|not JSON",
                "{} {}|not JSON",
                "{\"cniVersion\":\"1.0.0\",\"type\":\"t\"}|name: is missing",
                "{\"cniVersion\":\"1.0.0\",\"name\":\"-n\",\"type\":\"t\"}|name \"-n\"",
                "{\"cniVersion\":\"1.0.0\",\"name\":\"a/b\",\"type\":\"t\"}|name \"a/b\"",
                "{\"cniVersion\":\"1.0.0\",\"name\":\"n\"}|type: every plugin",
                "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"plugins\":7}|plugins: must be a list",
                "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"plugins\":[7]}|plugins: must be a list of objects",
                "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"plugins\":[],\"loadOnlyInlinedPlugins\":true}|plugins: at"
                        + " least",
                "{\"cniVersion\":\"2.0.0\",\"name\":\"n\",\"type\":\"t\"}|the config offers 2.0.0",
                "{\"cniVersion\":\"0.2.0\",\"name\":\"n\",\"type\":\"t\"}|the config offers 0.2.0",
                "{\"name\":\"n\",\"type\":\"t\"}|which means 0.1.0",
                "{\"cniVersion\":\"one\",\"name\":\"n\",\"type\":\"t\"}|cniVersion \"one\"",
                "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"plugins\":[],\"disableCheck\":3}|disableCheck: must be"
                        + " true",
            })
    void whatIsWrongIsNamed(String text, String message) {
        assertThatThrownBy(() -> NetworkConfig.parse(text))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../bin/sh", "a/b", "..", ".", "a b", "ä", "a\\u0000b"})
    void aTypeThatLeadsOutOfThePluginDirectoryIsRefused(String type) {
        String plugin = "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"type\":\"" + type + "\"}";
        String ipam = "{\"cniVersion\":\"1.0.0\",\"name\":\"n\",\"type\":\"t\",\"ipam\":{\"type\":\"" + type + "\"}}";

        assertThatThrownBy(() -> NetworkConfig.parse(plugin)).isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> NetworkConfig.parse(ipam).binaries()).isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void furtherPluginsBecomePartOfTheRememberedConfig() {
        NetworkConfig config = NetworkConfig.parse(
                        "{\"cniVersion\":\"1.1.0\",\"name\":\"n\",\"plugins\":[{\"type\":\"a\"}]}")
                .with(List.of(CniJson.parse("{\"type\":\"b\"}")));

        assertThat(NetworkConfig.parse(config.json()).binaries()).containsExactly("a", "b");
    }
}
