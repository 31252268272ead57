package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubprocessTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final Subprocess subprocess = new Subprocess(kernel, watch);

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void stdinArgumentsAndExitCodeArriveWhole() {
        Command command = Command.of(LIMIT, List.of("sh", "-c", "cat; echo \"$1\" >&2; exit 3", "sh", "a b"))
                .withStdin("input".getBytes(StandardCharsets.UTF_8));

        Subprocess.Output output = subprocess.run(command);

        assertThat(output.out()).isEqualTo("input");
        assertThat(output.err()).isEqualTo("a b\n");
        assertThat(output.exitCode()).isEqualTo(3);
    }

    @Test
    void aSignalIsAnExitCodeAbove128() {
        assertThat(run("kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void onlyTheEnvironmentGivenIsThere() {
        Command command = Command.of(LIMIT, List.of("/usr/bin/env")).withEnvironment(Map.of("A", "1"));
        assertThat(subprocess.run(command).out()).isEqualTo("A=1\n");
    }

    @Test
    void noDescriptorOfOursReachesTheChild() {
        assertThat(run("ls /proc/self/fd").out()).isEqualTo("0\n1\n2\n3\n");
    }

    @Test
    void theChildsDirectoryIsTheRoot() {
        assertThat(run("pwd").out()).isEqualTo("/\n");
    }

    @Test
    void outputBeyondTheCapIsCutAndSaidSo() {
        Subprocess.Output output = run("yes | head -c 3000000");
        assertThat(output.truncated()).isTrue();
        assertThat(output.stdout().length).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void aScriptThatOpensItsOutputByNameIsRefusedAndLosesNothing() {
        Subprocess.Output output =
                run("echo before; echo said >&2; echo x >/dev/stderr; echo y >>/dev/stdout; echo after");
        assertThat(output.out()).isEqualTo("before\nafter\n");
        assertThat(output.err()).startsWith("said\n").contains("/dev/stderr").contains("not permitted");
    }

    @Test
    void aGrandchildThatKeepsStdoutOpenDelaysNothing() {
        long start = System.nanoTime();
        assertThat(run("sleep 5 & echo done").out()).isEqualTo("done\n");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void theWholeGroupDiesAtTheLimit() {
        Command command =
                Command.of(Duration.ofMillis(300), List.of("sh", "-c", "trap '' TERM; sleep 61.25 & sleep 61.25"));

        assertThatThrownBy(() -> subprocess.run(command)).isInstanceOf(Failure.TimedOut.class);

        assertThat(run("for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done 2>/dev/null")
                        .out())
                .doesNotContain("sleep 61.25 \n");
    }

    @Test
    void aProgramThatIsNotThereIsSaidToBeMissing() {
        assertThatThrownBy(() -> subprocess.run(Command.of(LIMIT, List.of("/no/such/program"))))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("/no/such/program");
    }

    @Test
    void manyRunsLeaveNoDescriptorBehind() throws Exception {
        run("true");
        long before = descriptors();
        for (int i = 0; i < 300; i++) {
            run("true");
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
    }

    @Test
    void aProgramThatSeeksFarBeyondItsOutputCostsNoMoreThanTheCap() {
        Subprocess.Output output = run("echo begin; dd if=/dev/null bs=1048576 seek=4000 2>/dev/null; true");
        assertThat(output.stdout().length).isLessThanOrEqualTo(1 << 20);
        assertThat(output.out()).startsWith("begin\n");
        assertThat(output.truncated()).isTrue();
    }

    @Test
    void aProgramThatCannotBeWatchedIsKilledAndReaped() {
        Set<Long> before = children();
        ProcessWatch closed = new ProcessWatch(kernel);
        closed.close();
        Command command = Command.of(LIMIT, List.of("sleep", "61.75"));
        assertThatThrownBy(() -> new Subprocess(kernel, closed).runSilently(command))
                .isInstanceOf(KernelError.class);

        long end = System.nanoTime() + LIMIT.toNanos();
        while (!before.containsAll(children()) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(before).containsAll(children());
    }

    /** Those that have ended and are not reaped too. */
    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private static long descriptors() throws Exception {
        try (var all = java.nio.file.Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private Subprocess.Output run(String script) {
        return subprocess.run(Command.of(LIMIT, List.of("sh", "-c", script)));
    }
}
