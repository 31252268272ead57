package io.holdfast.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.holdfast.work.Failure;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFileTest {
    @Test
    void anEmptyFileIsTheDefaults() {
        Config config = ConfigFile.parse("test", "");

        assertThat(config.root()).isEqualTo(Path.of("/var/lib/holdfast"));
        assertThat(config.socket()).isEqualTo(Path.of("/run/holdfast/holdfast.sock"));
        assertThat(config.cni().binDirs()).isEqualTo(List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni")));
        assertThat(config.drain()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.runtimes()).isEmpty();
    }

    @Test
    void thePrintedDefaultsAreThemselvesAFile() {
        assertThat(ConfigFile.parse("test", ConfigFile.defaults())).isEqualTo(ConfigFile.parse("test", ""));
    }

    @Test
    void aFileChangesWhatItNamesAndNothingElse() {
        Config config = ConfigFile.parse("test", """
            default_runtime = "kata"
            [runtimes.kata]
            path = "/opt/kata/bin/kata-runtime"
            root = "/run/kata"
            [log]
            level = "debug"
            """);

        assertThat(config.runtimes())
                .containsOnlyKeys("kata")
                .containsEntry("kata", new Config.Handler(Path.of("/opt/kata/bin/kata-runtime"), "/run/kata"));
        assertThat(config.log().level()).isEqualTo(Config.Level.DEBUG);
        assertThat(config.cni()).isEqualTo(ConfigFile.parse("test", "").cni());
    }

    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                arguments("sockt = \"/x\"", "sockt: there is no such key"),
                arguments("[cni]\nconfdir = \"/x\"", "cni.confdir: there is no such key"),
                arguments("[runtimes.crun]\npath = \"/c\"\ntype = \"v2\"", "runtimes.crun.type: there is no such key"),
                arguments("root = \"lib\"", "root: must be an absolute path"),
                arguments("root = \"/var/../x\"", "root: must be an absolute path"),
                arguments("drain = \"soon\"", "drain: must be a time"),
                arguments("cgroup_driver = \"systemdd\"", "cgroup_driver: "),
                arguments("root = [\"/x\"]", "root: "),
                arguments("[runtimes.crun]\nroot = \"/x\"", "runtimes.crun.path: "),
                arguments("cni = 3", "cni: "),
                arguments("a = 1\nroot =", "line 2"));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void aWrongFileIsRefusedByTheNameOfItsKey(String text, String complaint) {
        assertThatThrownBy(() -> ConfigFile.parse("my.toml", text))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("my.toml")
                .hasMessageContaining(complaint);
    }

    @Test
    void everyKeyStandsInTheDefaultsWithAComment() {
        List<String> lines = ConfigFile.defaults().lines().toList();
        assertThat(keys(Config.class)).allSatisfy(key -> {
            int at = lines.stream()
                    .map(line -> line.replaceAll(" =.*", "").replaceAll("[\\[\\]]", ""))
                    .toList()
                    .indexOf(key);
            assertThat(at).as(key).isGreaterThan(0);
            assertThat(lines.get(at).startsWith("[") ? lines.get(at) : lines.get(at - 1))
                    .as(key)
                    .matches("\\[.*|#.*");
        });
    }

    private static Stream<String> keys(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(ConfigFileTest::keys);
    }

    private static Stream<String> keys(RecordComponent component) {
        Stream<String> own =
                Stream.of(component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT));
        return component.getType().isRecord() ? Stream.concat(own, keys(component.getType())) : own;
    }
}
