package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@Conformance
class LogTest {
    @Test
    void linesOfBothStreamsAreLoggedAsTheyCame(Node node) {
        var before = Instant.now();
        var container = node.pod().run("echo out; sleep 0.2; echo err >&2; sleep 0.2; echo out again");
        container.awaitExit();
        var log = container.awaitLog(3);
        assertThat(log).extracting(LogLine::stream).containsExactly("stdout", "stderr", "stdout");
        assertThat(log).extracting(LogLine::text).containsExactly("out", "err", "out again");
        assertThat(log).allMatch(LogLine::full);
        assertThat(log).extracting(LogLine::time).isSorted();
        assertThat(log.getFirst().time()).isBetween(before, Instant.now());
    }

    @Test
    void emptyLinesAndSpacesAreKept(Node node) {
        var container = node.pod().run("echo; echo '  two  '; echo; printf 'tab\\there\\n'");
        container.awaitExit();
        assertThat(container.awaitLog(4)).extracting(LogLine::text).containsExactly("", "  two  ", "", "tab\there");
    }

    @Test
    void aLastLineWithoutItsEndIsLogged(Node node) {
        var container = node.pod().run("echo whole; printf half");
        container.awaitExit();
        var text = container.awaitLog(2).stream().map(LogLine::text).collect(Collectors.joining("\n"));
        assertThat(text).isEqualTo("whole\nhalf");
    }

    @Test
    void aLongLineIsLoggedInPartsThatMakeItWhole(Node node) {
        var container = node.pod().run("head -c 50000 /dev/zero | tr '\\0' x; echo; echo after");
        container.awaitExit();
        var log = Await.until(
                "the line after the long one",
                Duration.ofSeconds(10),
                container::log,
                lines -> !lines.isEmpty() && lines.getLast().text().equals("after"));
        var parts = log.subList(0, log.size() - 1);
        assertThat(parts).hasSizeGreaterThan(1);
        assertThat(parts.stream().map(LogLine::text).collect(Collectors.joining()))
                .isEqualTo("x".repeat(50_000));
        assertThat(parts.subList(0, parts.size() - 1)).noneMatch(LogLine::full);
        assertThat(log.getLast().full()).isTrue();
    }

    @Test
    void everyLineOfManyIsLoggedOnce(Node node) {
        var container = node.pod().run("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done");
        container.awaitExit();
        var lines = Await.until(
                "the last line",
                Duration.ofSeconds(10),
                () -> LogLine.whole(container.log(), "stdout"),
                seen -> !seen.isEmpty() && seen.getLast().equals("line 4999"));
        assertThat(lines)
                .isEqualTo(IntStream.range(0, 5000).mapToObj(i -> "line " + i).toList());
    }

    @Test
    void theLogOutlivesTheContainerUntilTheKubeletTakesIt(Node node) {
        var container = node.pod().run("echo kept");
        container.awaitExit();
        container.awaitLog(1);
        var path = container.logPath();
        container.remove();
        assertThat(path).exists();
    }

    @Test
    void aReopenedLogGoesOnInANewFile(Node node) throws IOException {
        var container = node.pod().run("i=0; while :; do echo $i; i=$((i+1)); sleep 0.02; done");
        container.awaitLog(3);
        var path = container.logPath();
        var rotated = Files.move(path, Path.of(path + ".1"));
        reopen(container);
        assertThat(path).exists();
        var fresh = container.awaitLog(3);
        container.stop(0);
        var old = LogLine.parse(Files.readString(rotated));
        assertThat(numbers(old)).isEqualTo(counting(0, numbers(old).size()));
        assertThat(numbers(fresh))
                .isEqualTo(counting(numbers(old).size(), numbers(fresh).size()));
    }

    @Test
    void reopeningTheLogOfWhatDoesNotRunIsRefusedAndMakesNone(Node node) throws IOException {
        var pod = node.pod();
        var exited = pod.run("exit 0");
        exited.awaitExit();
        Files.deleteIfExists(exited.logPath());
        assertThat(Node.refusal(() -> reopen(exited)).getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(exited.logPath()).doesNotExist();
        var unknown = new TestContainer(node, "unknown-container");
        assertThat(Node.refusal(() -> reopen(unknown)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aTerminalsOutputIsOneStreamWithItsLineEnds(Node node) {
        var container = node.pod()
                .run(c -> Node.script("echo out; echo err >&2; tty; sleep 1").accept(c.setTty(true)));
        var log = container.awaitLog(3);
        assertThat(log).extracting(LogLine::stream).containsOnly("stdout");
        assertThat(log).extracting(line -> line.text().stripTrailing()).contains("out", "err", "/dev/pts/0");
    }

    private static void reopen(TestContainer container) {
        container
                .node()
                .runtime()
                .reopenContainerLog(Cri.ReopenContainerLogRequest.newBuilder()
                        .setContainerId(container.id())
                        .build());
    }

    private static List<Integer> numbers(List<LogLine> log) {
        return LogLine.whole(log, "stdout").stream().map(Integer::valueOf).toList();
    }

    private static List<Integer> counting(int from, int count) {
        return IntStream.range(from, from + count).boxed().toList();
    }
}
