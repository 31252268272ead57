package io.holdfast.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
    @TempDir
    Path directory;

    @Test
    void whatWasWrittenIsReadAgain() throws IOException {
        Files.writeString(directory.resolve("config.json"), "of an earlier attempt");
        Bundle.write(directory, spec());

        assertThat(Bundle.read(directory)).isEqualTo(spec());
        assertThat(Bundle.process(directory)).isEqualTo(spec().process());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("config.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void whatWasNotWrittenToItsEndIsNotFound() throws IOException {
        assertThat(Bundle.find(directory)).isEmpty();
        Files.writeString(directory.resolve("config.json"), "{\"ociVersion\": \"1.0");
        assertThat(Bundle.find(directory)).isEmpty();
        Bundle.write(directory, spec());
        assertThat(Bundle.find(directory)).contains(spec());
    }

    @Test
    void whatCannotBeReadIsNoBundleThatWasNeverRun() throws IOException {
        Files.createDirectory(directory.resolve("config.json"));
        assertThatThrownBy(() -> Bundle.find(directory)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void aLinkInItsPlaceIsReplacedAndNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "kept");
        Files.createSymbolicLink(directory.resolve("config.json"), elsewhere);
        Bundle.write(directory, spec());
        assertThat(elsewhere).hasContent("kept");
    }

    @Test
    void whatIsNoSpecIsRefused() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"ociVersion\": \"1.0.2\", \"hooks\": {}}");
        assertThatThrownBy(() -> Bundle.read(directory))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("hooks");
    }

    @Test
    void emptyPartsAreNotWrittenButEmptyWordsAre() {
        String json = new String(SpecJson.render(spec()), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"args\":[\"/bin/x\",\"\"]", "\"capabilities\":{}", "\"allow\":false", "\"uid\":0")
                .doesNotContain("\"hostname\"", "apparmor", "inheritable", "sysctl", "null");
    }

    private static Spec spec() {
        return new Spec(
                Spec.VERSION,
                new Spec.Process(
                        false,
                        new Spec.User(0, 0, OptionalInt.of(18), List.of()),
                        List.of("/bin/x", ""),
                        List.of("A="),
                        "/",
                        Spec.Capabilities.none(),
                        List.of(),
                        true,
                        "",
                        OptionalInt.of(-998),
                        ""),
                new Spec.Root("/rootfs", true),
                "",
                KernelMounts.minimal(),
                Map.of("b", "2", "a", ""),
                new Spec.Linux(
                        Map.of(),
                        new Spec.Resources(
                                List.of(Spec.DeviceRule.every(false)),
                                Optional.empty(),
                                Optional.of(new Spec.Cpu(
                                        OptionalLong.of(2), OptionalLong.empty(), OptionalLong.empty(), "", "")),
                                List.of(),
                                Map.of()),
                        "/x/y",
                        List.of(Spec.Namespace.fresh("pid"), Spec.Namespace.joined("network", "/netns")),
                        List.of(),
                        Optional.of(Seccomp.runtimeDefault(Set.of(), "x86_64")),
                        "",
                        List.of(),
                        List.of(),
                        ""));
    }
}
