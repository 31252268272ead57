package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The command {@code holdfast} of the distribution, as a person at the node types it. */
@Conformance
@Tag("holdfast")
class CommandLineTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String POD = """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s"}, "spec": {"containers": [
          {"name": "one", "image": "%s", "command": %s}]}}
        """;

    @Test
    void aPodIsRunReadAskedAndRemoved(Node node, Rig rig) throws IOException {
        var logs = node.directory();
        var file = manifest(node, "typed", "[\"sh\", \"-c\", \"printf 'a\\\\377z\\\\n'; exec sleep 3600\"]");
        var run = holdfast(rig, "run", "--logs", logs.toString(), file.toString());
        assertThat(run.exitCode()).as(run.output()).isZero();
        try {
            assertThat(holdfast(rig, "ps").output()).contains("typed");
            Await.until(
                    "the log", SOON, () -> holdfast(rig, "logs", "typed").output(), log -> log.equals("a\ufffdz\n"));
            var exec = holdfast(rig, "exec", "typed/one", "--", "sh", "-c", "echo here; exit 3");
            assertThat(exec).isEqualTo(new Shell.Outcome(3, "here\n"));
            // More than gRPC takes by default.
            assertThat(holdfast(rig, "exec", "typed", "--", "sh", "-c", "head -c 6000000 /dev/zero | tr '\\0' x")
                            .output())
                    .hasSize(6_000_000);
            assertThat(holdfast(rig, "holds").output()).contains("sandbox ").contains("typed");
        } finally {
            assertThat(holdfast(rig, "rm", "--grace", "0", "typed").output()).isEmpty();
        }
        assertThat(holdfast(rig, "ps").output()).doesNotContain("typed");
    }

    @Test
    void ofAPodThatFailsNothingIsLeft(Node node, Rig rig) throws IOException {
        var logs = node.directory();
        var file = manifest(node, "failing", "[\"/no/such/command\"]");
        var run = holdfast(rig, "run", "--logs", logs.toString(), file.toString());
        assertThat(run.exitCode()).isOne();
        assertThat(run.output()).startsWith("holdfast: ").contains("/no/such/command");
        assertThat(holdfast(rig, "ps").output()).doesNotContain("failing");
        try (Stream<Path> left = Files.list(logs)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aContainerWithoutALogIsToldToHaveNone(Node node, Rig rig) {
        var pod = node.pod();
        pod.run(c -> c.clearLogPath());
        var logs = holdfast(rig, "logs", pod.config().getMetadata().getName());
        assertThat(logs.exitCode()).isOne();
        assertThat(logs.output()).contains("has no log");
    }

    private static Path manifest(Node node, String name, String command) throws IOException {
        var image = node.reference(TestImages.BUSYBOX);
        return Files.writeString(node.directory().resolve("pod.json"), POD.formatted(name, image, command));
    }

    private static Shell.Outcome holdfast(Rig rig, String command, String... arguments) {
        var daemon = rig.daemon().orElseThrow();
        var words = Stream.concat(
                Stream.of(
                        daemon.command().toString(),
                        command,
                        "--socket",
                        daemon.socket().toString()),
                Stream.of(arguments));
        return Shell.attempt(words.toArray(String[]::new));
    }
}
