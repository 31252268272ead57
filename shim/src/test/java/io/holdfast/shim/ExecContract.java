package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.OciRuntime.Exec;
import io.holdfast.container.OciRuntime.ExecResult;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs run in a running container. */
abstract class ExecContract {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int CAP = 16 << 20;

    private Lab lab;
    private Lab.Running running;

    abstract Path binary();

    @BeforeEach
    void open() {
        lab = new Lab(binary());
        running = lab.run("sleep 1000");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void outputsAndExitCodeArriveApart() {
        ExecResult result = exec("echo out; echo err >&2; exit 5");
        assertThat(text(result.stdout())).isEqualTo("out\n");
        assertThat(text(result.stderr())).isEqualTo("err\n");
        assertThat(result.exitCode()).isEqualTo(5);
    }

    @Test
    void aSignalIsAnExitCodeAbove128() {
        assertThat(exec("kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void stdinIsEmptyAndNoDescriptorOfOursIsThere() {
        assertThat(text(exec("cat; ls /proc/self/fd").stdout())).isEqualTo("0\n1\n2\n3\n");
    }

    @Test
    void outputBeyondTheCapIsDroppedAndTheProgramGoesOn() {
        ExecResult result = exec("dd if=/dev/zero bs=1048576 count=20 2>/dev/null; echo end >&2; exit 3");
        assertThat(result.stdout()).hasSize(CAP - "end\n".length());
        assertThat(text(result.stderr())).isEqualTo("end\n");
        assertThat(result.exitCode()).isEqualTo(3);
    }

    @Test
    void bothOutputsShareTheCap() {
        ExecResult result = exec("dd if=/dev/zero bs=1048576 count=10; dd if=/dev/zero bs=1048576 count=20 >&2");
        assertThat(result.stdout()).hasSize(CAP / 2);
        assertThat(result.stderr()).hasSize(CAP / 2);
    }

    @Test
    void outputThatThereIsNoMemoryForInTimeIsNotCutInSilence() {
        List<String> holders = List.of("one", "two");
        holders.forEach(name -> Thread.ofVirtual()
                .start(() ->
                        exec("dd if=/dev/zero bs=1048576 count=2 2>/dev/null; echo > /tmp/" + name + "; sleep 1000")));
        holders.forEach(name -> Lab.await("output of " + name, () -> Files.exists(inside("tmp/" + name))));

        String line = "dd if=/dev/zero bs=1024 count=1074 2>/dev/null";
        assertThatThrownBy(() -> lab.runtime().exec(running.request(), Lab.exec(Duration.ofMillis(1500), line)))
                .isInstanceOf(Failure.TimedOut.class)
                .hasMessageContaining("memory");
    }

    @Test
    void bothOutputsAreReadAtOnce() {
        String line =
                "dd if=/dev/zero bs=65536 count=16 >&2 2>/dev/null; dd if=/dev/zero bs=65536 count=16 2>/dev/null";
        ExecResult result = exec(line);
        assertThat(result.stdout()).hasSize(1 << 20);
        assertThat(result.stderr()).hasSize(1 << 20);
    }

    @Test
    void atTheLimitJustTheProgramsProcessesDie() {
        String line = "sleep 7771 & setsid sleep 7772 & (sleep 7773 &) ; exec sleep 7774";
        assertThatThrownBy(() -> lab.runtime().exec(running.request(), Lab.exec(Duration.ofMillis(700), line)))
                .isInstanceOf(Failure.TimedOut.class)
                .hasMessageContaining("700 ms");

        assertThat(running.init().isAlive()).isTrue();
        assertThat(lab.cgroup.processes(running.request().cgroup()))
                .containsExactly(running.init().pid());
        assertThat(text(exec("echo fine").stdout())).isEqualTo("fine\n");
    }

    /** A frozen group is what processes are like that wait for a dead disk: no signal reaches them. */
    @Test
    void aProgramThatCannotBeKilledDelaysTheAnswerByAFewSecondsAndHoldsNoDescriptor() throws Exception {
        exec("true");
        long before = descriptors();
        Thread.ofVirtual().start(() -> {
            Lab.await("the program", () -> Files.exists(inside("tmp/begun")));
            lab.freeze(running.request(), true);
        });
        long begin = System.nanoTime();
        String line = "echo > /tmp/begun; (sleep 7775 &) ; exec sleep 7776";
        assertThatThrownBy(() -> lab.runtime().exec(running.request(), Lab.exec(Duration.ofMillis(1500), line)))
                .isInstanceOf(Failure.TimedOut.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(12));
        assertThat(descriptors()).isLessThanOrEqualTo(before);

        lab.freeze(running.request(), false);
        Lab.await(
                "the program's end",
                () -> lab.cgroup.processes(running.request().cgroup()).size() == 1);
        assertThat(running.init().isAlive()).isTrue();
    }

    @Test
    void anExecThatCannotBeWatchedIsEndedAsSoonAsItCanBe() throws Exception {
        Set<Long> children = children();
        Path groups = Files.createDirectory(lab.directory.resolve("groups"));
        Files.createFile(groups.resolve("cgroup.controllers"));
        Path group = Files.createDirectories(
                groups.resolve(running.request().cgroup().substring(1)));
        Path processes = Files.createSymbolicLink(group.resolve("cgroup.procs"), groups);
        ShimRuntime blind = lab.over(Cgroup.at(groups));

        assertThatThrownBy(() -> blind.exec(running.request(), Lab.exec(MINUTE, "exec sleep 7777")))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(Lab.processesNaming("7777")).isNotEmpty();

        Path real = lab.cgroup.directory("pids", running.request().cgroup()).orElseThrow();
        Path seeing = Files.createSymbolicLink(group.resolve("new"), real.resolve("cgroup.procs"));
        Files.move(seeing, processes, StandardCopyOption.ATOMIC_MOVE);
        Lab.await("the program's end", () -> Lab.processesNaming("7777").isEmpty());
        Lab.await("the runtime's end", () -> children.containsAll(children()));
        assertThat(running.init().isAlive()).isTrue();
    }

    @Test
    void theCallersDeadlineIsALimitToo() {
        assertThatThrownBy(() -> Deadline.within(
                        Duration.ofMillis(500),
                        () -> lab.runtime()
                                .exec(
                                        running.request(),
                                        new Exec(Lab.process("sleep", "1000"), CAP, Optional.empty()))))
                .isInstanceOf(Failure.TimedOut.class);
    }

    @Test
    void anotherProgramOutlivesTheFirstOnesLimit() throws Exception {
        Thread other = Thread.ofVirtual().start(() -> exec("sleep 2; echo > /tmp/done"));
        assertThatThrownBy(() -> lab.runtime().exec(running.request(), Lab.exec(Duration.ofMillis(600), "sleep 1000")))
                .isInstanceOf(Failure.TimedOut.class);
        other.join();
        assertThat(running.request().bundle().resolve("rootfs/tmp/done")).exists();
    }

    @Test
    void aBackgroundProcessThatHoldsTheOutputDelaysTheResultButShortly() {
        long begin = System.nanoTime();
        ExecResult result = exec("sleep 1000 & echo out; exit 4");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        assertThat(text(result.stdout())).isEqualTo("out\n");
        assertThat(result.exitCode()).isEqualTo(4);
    }

    @Test
    void aBackgroundProcessWithoutTheOutputDelaysNothingAndLivesOn() {
        ExecResult result = exec("sleep 1000 >/dev/null 2>&1 & exit 0");
        assertThat(result.exitCode()).isZero();
        assertThat(lab.cgroup.processes(running.request().cgroup())).hasSize(2);
    }

    @Test
    void aCommandThatIsNotThereIsTheRequestsFault() {
        Exec exec = new Exec(Lab.process("nosuch"), CAP, Optional.of(MINUTE));
        assertThatThrownBy(() -> lab.runtime().exec(running.request(), exec))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("nosuch");
    }

    @Test
    void aContainerThatHasEndedIsInTheWrongState() {
        lab.kill(running.init(), Kernel.SIGKILL);
        running.awaitExit();
        assertThatThrownBy(() -> exec("true"))
                .isInstanceOf(Failure.WrongState.class)
                .hasMessageContaining("stopped");
        lab.runtime().delete(running.request());
        assertThatThrownBy(() -> exec("true")).isInstanceOf(Failure.WrongState.class);
    }

    @Test
    void theContainersEndEndsTheProgram() throws Exception {
        Thread exec = Thread.ofVirtual().start(() -> exec("echo > /tmp/begun; sleep 1000"));
        Path begun = running.request().bundle().resolve("rootfs/tmp/begun");
        Lab.await("the program", () -> Files.exists(begun));
        lab.kill(running.init(), Kernel.SIGKILL);
        assertThat(exec.join(Lab.SOON)).isTrue();
    }

    @Test
    void manyProgramsLeaveNoDescriptorBehind() throws Exception {
        exec("true");
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            exec("true");
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before);
    }

    private Path inside(String path) {
        return running.request().bundle().resolve("rootfs").resolve(path);
    }

    /** Those that have ended and are not reaped too. */
    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private ExecResult exec(String line) {
        return lab.runtime().exec(running.request(), Lab.exec(MINUTE, line));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long descriptors() throws Exception {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
