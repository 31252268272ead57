package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.daemon.ConfigFile;
import io.holdfast.daemon.RunningDaemon;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldfastCommandTest {
    @TempDir
    private Path directory;

    @Test
    void theDefaultConfigurationIsPrintedAndGood() throws IOException {
        Outcome printed = run("config", "default");
        assertThat(printed.out()).isEqualTo(ConfigFile.defaults());

        Path file = Files.writeString(directory.resolve("c.toml"), printed.out());
        assertThat(run("config", "check", file.toString())).isEqualTo(new Outcome(0, file + " is good\n", ""));
    }

    @Test
    void aWrongConfigurationFailsWithItsKey() throws IOException {
        Path file = Files.writeString(directory.resolve("c.toml"), "[cni]\nconfdir = \"/x\"\n");

        Outcome outcome = run("config", "check", file.toString());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("holdfast: " + file + ": cni.confdir: there is no such key");
    }

    @Test
    void everyProgramThatIsMissingIsAProblemOfTheConfiguration() throws IOException {
        Path file = Files.writeString(
                directory.resolve("c.toml"), "conmon = \"/no/conmon\"\n[sandbox]\npause_binary = \"/no/pause\"\n");

        assertThat(run("config", "check", file.toString()).err())
                .contains(file + ": conmon: /no/conmon is no program")
                .contains(file + ": sandbox.pause_binary: /no/pause is no program");
    }

    @Test
    void aNodeWithoutANetworkIsGivenOneOnce() throws IOException {
        Path config = Files.writeString(directory.resolve("c.toml"), """
            [cni]
            conf_dir = "%s/net.d"
            """.formatted(directory));

        Outcome first =
                run("cni", "init", "--config", config.toString(), "--subnet", "10.253.0.0/24", "--bridge", "hf-none0");
        assertThat(first.code()).as(first.err()).isZero();
        try (Stream<Path> written = Files.list(directory.resolve("net.d"))) {
            assertThat(written).singleElement().asString().endsWith(".conflist");
        }

        Outcome second = run("cni", "init", "--config", config.toString());
        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err()).contains("is there already");
    }

    @Test
    void versionsAndHoldsComeFromTheDaemon() {
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            String socket = daemon.socket().toString();

            assertThat(run("version", "--socket", socket).out())
                    .contains("holdfast  development")
                    .contains("holdfastd development, CRI v1");
            assertThat(run("holds", "--socket", socket)).isEqualTo(new Outcome(0, "", ""));
        }
    }

    @Test
    void whatIsNoImageIsRefusedWithTheReason() throws IOException {
        Path file = Files.write(directory.resolve("image.tar"), new byte[3 << 20]);
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            Outcome outcome = run("image", "load", "--socket", daemon.socket().toString(), file.toString());

            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.err()).startsWith("holdfast: INVALID_ARGUMENT: ");
        }
    }

    @Test
    void aDaemonThatIsNotThereIsNamedByItsSocket() {
        Outcome outcome = run("holds", "--socket", directory.resolve("no.sock").toString());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("there is no " + directory.resolve("no.sock"));
    }

    @Test
    void whatMakesNoSenseIsAnsweredWithTheUsage() {
        for (List<String> words : List.of(List.of("hold"), List.of("image", "load"))) {
            Outcome outcome = run(words.toArray(String[]::new));
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err()).containsAnyOf("Usage: holdfast", "Did you mean: holdfast holds?");
        }
    }

    private record Outcome(int code, String out, String err) {}

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = HoldfastCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}
