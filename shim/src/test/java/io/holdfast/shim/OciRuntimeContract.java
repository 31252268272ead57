package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.Exit;
import io.holdfast.container.OciRuntime;
import io.holdfast.container.OciRuntime.Features;
import io.holdfast.container.OciRuntime.Output;
import io.holdfast.container.OciRuntime.Request;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Failure;
import io.holdfast.work.Parallel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container's life asks of a runtime and its monitor; each real runtime passes all of it. */
abstract class OciRuntimeContract {
    private static final int SIGSTOP = 19;
    private static final int SIGCONT = 18;
    private static final String LINE = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+(Z|[+-]\\d\\d:\\d\\d) ";

    private Lab lab;

    abstract Path binary();

    @BeforeEach
    void open() {
        lab = new Lab(binary());
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void anExitCodeIsTrueAndItsTimeLiesInTheContainersLife() {
        Instant before = Instant.now().minusMillis(10);
        Exit exit = lab.run("exit 7").awaitExit();

        assertThat(exit.code()).isEqualTo(7);
        assertThat(exit.doubt()).isEmpty();
        assertThat(exit.at()).isBetween(before, Instant.now());
    }

    @Test
    void noExitCodeIsLostAmongMany() {
        List<Lab.Running> all = new ArrayList<>();
        for (int code = 0; code < 8; code++) {
            all.add(lab.run("exit " + code));
        }
        assertThat(all.stream().map(running -> running.awaitExit().code())).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void manyLiveAndDieSideBySide() {
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            requests.add(lab.shell("echo one; sleep 1000"));
        }
        Parallel.each(requests, requests.size(), request -> {
            Lab.Running running = lab.run(request);
            lab.runtime().exec(request, Lab.exec(Lab.SOON, "true"));
            lab.runtime().delete(request);
            assertThat(running.awaitExit().code()).isEqualTo(137);
        });
        requests.forEach(lab::assertGone);
    }

    @Test
    void nothingRunsBeforeStart() throws Exception {
        Request request = lab.shell("echo ran");
        lab.runtime().create(request);
        assertThat(lab.log(request)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBundleMayBeWrittenAfterItsCreateHasBegun(boolean logged) throws Exception {
        Request request = lab.request(logged, "sleep", "1000");
        Path config = request.bundle().resolve("config.json");
        byte[] spec = Files.readAllBytes(config);
        Files.delete(config);
        try (OciRuntime.Making making = lab.runtime().begin(request)) {
            Files.write(config, spec);
            assertThat(making.create().isAlive()).isTrue();
        }
        lab.runtime().start(request.id());
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCreateThatIsGivenUpHasLeftNothingRunning(boolean logged) {
        Request request = lab.request(logged, "sleep", "1000");
        lab.runtime().begin(request).close();
        lab.assertGone(request);
    }

    @Test
    void startIsSuccessForWhatRunsAndWrongForWhatHasEnded() {
        Lab.Running running = lab.run("sleep 1000");
        lab.runtime().start(running.request().id());
        lab.kill(running.init(), Kernel.SIGKILL);
        assertThat(running.awaitExit().code()).isEqualTo(137);

        assertThatThrownBy(() -> lab.runtime().start(running.request().id())).isInstanceOf(Failure.WrongState.class);
        assertThatThrownBy(() -> lab.runtime().start("nosuch")).isInstanceOf(Failure.WrongState.class);
    }

    @Test
    void outputIsKeptInCriLinesWithPartialOnesMarked() {
        Lab.Running running = lab.run("echo one; echo two >&2; echo -n three; head -c 20000 /dev/zero | tr '\\0' x");
        running.awaitExit();

        List<String> log = lab.log(running.request());
        assertThat(log).anyMatch(line -> line.matches(LINE + "stdout F one"));
        assertThat(log).anyMatch(line -> line.matches(LINE + "stderr F two"));
        assertThat(log).anyMatch(line -> line.matches(LINE + "stdout P three.*"));
        int written = log.stream()
                .filter(line -> line.contains(" stdout P "))
                .mapToInt(line -> line.substring(line.indexOf(" P ") + 3).length())
                .sum();
        assertThat(written).isEqualTo("three".length() + 20000);
    }

    @Test
    void theFirstProcessHasThreeDescriptorsAndNothingOfOurEnvironment() {
        Lab.Running running = lab.run("ls /proc/self/fd; env");
        running.awaitExit();
        // 3 is the directory that ls reads.
        assertThat(messages(running.request()))
                .containsExactlyInAnyOrder("0", "1", "2", "3", "PATH=/bin", "HOME=/", "PWD=/", "SHLVL=1");
    }

    @Test
    void theMonitorStandsInItsOwnGroupWithItsOwnEnvironmentAndDirectory() throws Exception {
        Lab.Running running = lab.run("sleep 1000");
        Path monitor = Path.of("/proc/" + lab.monitor(running.request()).pid());

        assertThat(lab.cgroup.processes(lab.handler.monitorCgroup()))
                .contains(lab.monitor(running.request()).pid());
        assertThat(Files.readString(monitor.resolve("environ")).split("\0"))
                .allMatch(variable -> variable.matches("(PATH|LC_ALL|_OCI_SYNCPIPE|_OCI_STARTPIPE)=.*"));
        assertThat(Files.readSymbolicLink(monitor.resolve("cwd")))
                .isEqualTo(running.request().monitorDirectory());
        try (var descriptors = Files.list(monitor.resolve("fd"))) {
            assertThat(descriptors.map(OciRuntimeContract::target))
                    .noneMatch(name -> name.contains(".jar") || name.contains("memfd"));
        }
    }

    @Test
    void stdinIsAtItsEndUnlessItIsAskedFor() {
        Lab.Running without = lab.run(lab.with(lab.shell("cat; exit 6"), false, false));
        Lab.Running with = lab.run(lab.with(lab.shell("cat; exit 6"), true, false));
        assertThat(without.awaitExit().code()).isEqualTo(6);
        assertThat(with.exit()).isNotDone();
    }

    @Test
    void aTerminalIsLoggedToo() {
        Lab.Running running = lab.run(lab.with(lab.shell("test -t 0 && test -t 1 && echo terminal"), false, true));
        assertThat(running.awaitExit().code()).isZero();
        assertThat(messages(running.request())).anyMatch(line -> line.strip().equals("terminal"));
    }

    @Test
    void outputThatIsNotWantedIsThrownAway() {
        Request request = lab.shell("echo lost; exit 2");
        Output nowhere = new Output.Logged(Optional.empty(), false, false, false);
        assertThat(lab.run(Lab.with(request, nowhere)).awaitExit().code()).isEqualTo(2);
        assertThat(lab.directory.resolve(request.id() + ".log")).doesNotExist();
        lab.runtime().reopenLog(Lab.with(request, nowhere));
    }

    @Test
    void withoutOutputThereIsNoMonitorAndAllIsDevNull() throws Exception {
        Request request = lab.request(false, "sh", "-c", "ls -l /proc/self/fd > /tmp/fds; exec sleep 1000");
        lab.run(request);
        Path listing = request.bundle().resolve("rootfs/tmp/fds");
        Lab.await("the listing", () -> Files.exists(listing) && listing.toFile().length() > 150);

        assertThat(Files.readString(listing)).containsPattern("0 -> /dev/null").containsPattern("2 -> /dev/null");
        assertThat(Files.readAllLines(listing)).hasSizeLessThanOrEqualTo(5);
        assertThat(Lab.processesNaming(request.id())).isEmpty();
    }

    @Test
    void anExitWithoutAMonitorIsKnownAtOnceButItsCodeIsDoubted() {
        Lab.Running running = lab.run(lab.request(false, "sleep", "1000"));
        lab.kill(running.init(), Kernel.SIGKILL);
        assertThat(running.awaitExit().code()).isEqualTo(255);
        assertThat(running.awaitExit().doubt()).get().asString().contains("without a monitor");
    }

    @Test
    void deleteKillsWhatRunsAndIsSuccessForWhatIsGoneOrNeverWas() {
        Lab.Running running = lab.run("sleep 1000 & sleep 1000");
        lab.runtime().delete(running.request());
        lab.assertGone(running.request());
        assertThat(running.awaitExit().code()).isEqualTo(137);

        lab.runtime().delete(running.request());
        lab.runtime().delete(lab.shell("never created"));
    }

    @Test
    void deleteOfWhatWasNeverStartedLeavesNothing() {
        Request request = lab.shell("true");
        lab.runtime().create(request);
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    @Test
    void whenTheMonitorIsKilledTheContainerLivesOnAndItsExitIsDoubted() {
        Lab.Running running = lab.run("sleep 1000");
        lab.kill(lab.monitor(running.request()), Kernel.SIGKILL);
        assertThat(running.init().isAlive()).isTrue();
        assertThat(running.exit()).isNotDone();

        lab.kill(running.init(), Kernel.SIGKILL);
        assertThat(running.awaitExit().code()).isEqualTo(255);
        assertThat(running.awaitExit().doubt()).get().asString().contains("conmon");
    }

    @Test
    void aGarbageExitFileIsADoubtThatQuotesIt() throws Exception {
        Lab.Running running = lab.run("sleep 1000");
        lab.kill(lab.monitor(running.request()), Kernel.SIGKILL);
        Files.writeString(ContainerFiles.of(running.request()).exit(), "12x");
        lab.kill(running.init(), Kernel.SIGKILL);
        assertThat(running.awaitExit().doubt()).get().asString().contains("12x");
    }

    @Test
    void theCodeOfAMonitorThatIsLateIsAwaited() throws Exception {
        Lab.Running running = lab.run("sleep 1000");
        ProcessIdentity monitor = lab.monitor(running.request());
        lab.kill(monitor, SIGSTOP);
        lab.kill(running.init(), Kernel.SIGTERM);
        lab.kill(running.init(), Kernel.SIGKILL);
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(running.exit()).isNotDone();
        lab.kill(monitor, SIGCONT);
        assertThat(running.awaitExit().code()).isEqualTo(137);
    }

    @Test
    void anExitWhileNoDaemonRanIsFoundByTheNextOne() throws Exception {
        Request request = lab.shell("exit 9");
        ProcessIdentity init = lab.runtime().create(request);
        lab.runtime().start(request.id());
        Lab.await("the end", () -> Files.exists(ContainerFiles.of(request).exit()));
        Instant end =
                Files.getLastModifiedTime(ContainerFiles.of(request).exit()).toInstant();

        CompletableFuture<Exit> exit = new CompletableFuture<>();
        lab.another().onExit(request, init, exit::complete);
        assertThat(exit.get(5, TimeUnit.SECONDS)).isEqualTo(new Exit(9, end, Optional.empty()));
    }

    @Test
    void anExitAfterARestartIsSeenByTheNextDaemon() {
        Lab.Running running = lab.run("sleep 1000");
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        lab.another().onExit(running.request(), running.init(), exit::complete);
        lab.kill(running.init(), Kernel.SIGKILL);
        assertThat(new Lab.Running(running.request(), running.init(), exit)
                        .awaitExit()
                        .code())
                .isEqualTo(137);
    }

    @Test
    void aRotatedLogIsOpenedAnewAndGoesOn() throws Exception {
        Lab.Running running = lab.run("i=0; while sleep 0.01; do i=$((i+1)); echo line $i; done");
        Path log = lab.directory.resolve(running.request().id() + ".log");
        Lab.await("output", () -> log.toFile().length() > 100);
        Path rotated = Files.move(log, lab.directory.resolve("rotated"));
        lab.runtime().reopenLog(running.request());
        assertThat(log).exists();
        Lab.await("more output", () -> log.toFile().length() > 100);
        lab.runtime().delete(running.request());

        List<String> all = new ArrayList<>(Files.readAllLines(rotated));
        all.addAll(Files.readAllLines(log));
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i)).endsWith("line " + (i + 1));
        }
    }

    @Test
    void aLogCannotBeReopenedByADeadMonitor() {
        Lab.Running running = lab.run("sleep 1000");
        lab.kill(lab.monitor(running.request()), Kernel.SIGKILL);
        assertThatThrownBy(() -> lab.runtime().reopenLog(running.request()))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("conmon");
    }

    @Test
    void aCommandThatIsNotThereIsTheRequestsFault() {
        Request request = lab.request(true, "nosuch");
        assertThatThrownBy(() -> lab.runtime().create(request))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("nosuch")
                .hasMessageContaining(request.id());
        lab.runtime().delete(request);
        lab.assertGone(request);
        Request silent = lab.request(false, "/nosuch");
        assertThatThrownBy(() -> lab.runtime().create(silent))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("nosuch");
    }

    @Test
    void aFileThatIsNoProgramEndsTheContainerWithAMessageInItsLog() {
        Request request = lab.request(true, "/bin/text");
        request.bundle().resolve("rootfs/bin/text").toFile().setExecutable(true);
        Exit exit = lab.run(request).awaitExit();
        assertThat(exit.code()).isNotZero();
        assertThat(messages(request)).anyMatch(line -> line.toLowerCase().contains("exec format error"));
    }

    @Test
    void aBrokenBundleIsSaidToBe() throws Exception {
        Request request = lab.shell("true");
        Files.writeString(request.bundle().resolve("config.json"), "{\"ociVersion\": ");
        assertThatThrownBy(() -> lab.runtime().create(request))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("creating container " + request.id());
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    @Test
    void limitsAreChangedInTheRunningContainer() {
        Lab.Running running = lab.run("sleep 1000");
        String file = lab.cgroup.unified() ? "memory.max" : "memory.limit_in_bytes";
        Path limit = lab.cgroup
                .directory("memory", running.request().cgroup())
                .orElseThrow()
                .resolve(file);
        assertThat(Cgroup.number(limit)).hasValue(64 << 20);
        lab.runtime().update(running.request().id(), "{\"memory\": {\"limit\": 100663296}}");
        assertThat(Cgroup.number(limit)).hasValue(96 << 20);
        assertThatThrownBy(() -> lab.runtime().update("nosuch", "{}")).isInstanceOf(Failure.WrongState.class);
    }

    @Test
    void theRuntimeNamesItself() {
        Features features = lab.runtime().features();
        assertThat(features.version()).matches("(crun|runc) [0-9].*");
        assertThat(lab.runtime().features()).isSameAs(features);
    }

    @Test
    void aDeadlineThatHasPassedLeavesNothingBehind() {
        Request request = lab.shell("true");
        assertThatThrownBy(() -> io.holdfast.work.Deadline.within(
                        Duration.ofMillis(1), () -> lab.runtime().create(request)))
                .isInstanceOf(Failure.TimedOut.class);
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    private List<String> messages(Request request) {
        return lab.log(request).stream()
                .map(line -> line.replaceFirst("^\\S+ \\S+ [FP] ", ""))
                .toList();
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (java.io.IOException closed) {
            return "";
        }
    }
}
