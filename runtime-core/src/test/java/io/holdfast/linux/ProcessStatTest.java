package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessStatTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Kernel kernel = new Kernel();

    @Test
    void aChildNamesItsParentAndEndsAsAZombieUntilItIsReaped() {
        try (ProcessWatch watch = new ProcessWatch(kernel)) {
            Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin");
            int pid = new Spawn(List.of("sleep", "100"), environment, List.of(), Path.of("/")).start(kernel);
            ProcessStat stat = ProcessStat.of(pid).orElseThrow();
            assertThat(stat.parent()).isEqualTo(ProcessHandle.current().pid());
            assertThat(stat.group()).isEqualTo(pid);
            assertThat(stat.ended()).isFalse();

            kernel.killGroup(pid);
            watch.awaitExit(stat.identity(), SOON);
            assertThat(ProcessStat.of(pid).orElseThrow().ended()).isTrue();
            assertThat(ProcessIdentity.of(pid)).isEmpty();

            new Subprocess(kernel, watch).awaitExit(pid);
            assertThat(ProcessStat.of(pid)).isEmpty();
        }
    }

    @Test
    void theSessionIsItsLeadersPid() {
        try (ProcessWatch watch = new ProcessWatch(kernel)) {
            Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin");
            int pid = new Spawn(List.of("setsid", "--wait", "sleep", "100"), environment, List.of(), Path.of("/"))
                    .start(kernel);
            long leader = leaderBelow(pid);
            assertThat(ProcessStat.of(leader).orElseThrow().session()).isEqualTo(leader);
            assertThat(ProcessStat.of(leader).orElseThrow().parent()).isEqualTo(pid);

            ProcessIdentity.of(leader).orElseThrow().signal(kernel, Kernel.SIGKILL);
            new Subprocess(kernel, watch).awaitExit(pid);
        }
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedLivesWhileAnotherDoes() {
        String line = "7 (a) b) Z 1 7 7 0 -1 4228108 1 0 0 0 0 0 0 0 20 0 %d 0 55 0 0\n";
        assertThat(ProcessStat.parse(7, line.formatted(2)).ended()).isFalse();
        assertThat(ProcessStat.parse(7, line.formatted(1)).ended()).isTrue();
        assertThat(ProcessStat.parse(7, line.formatted(1)).identity()).isEqualTo(new ProcessIdentity(7, 55));
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedCanBeKilled() {
        String program = "use threads; use POSIX; threads->create(sub { sleep 100 });"
                + " syscall((POSIX::uname())[4] eq 'x86_64' ? 60 : 93, 0);";
        try (ProcessWatch watch = new ProcessWatch(kernel)) {
            Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin");
            int pid = new Spawn(List.of("perl", "-e", program), environment, List.of(), Path.of("/")).start(kernel);
            ProcessIdentity process = ProcessIdentity.of(pid).orElseThrow();
            awaitState(pid, 'Z');
            assertThat(process.isAlive()).isTrue();

            assertThat(process.signal(kernel, Kernel.SIGKILL)).isTrue();
            new Subprocess(kernel, watch).awaitExit(pid);
            assertThat(process.isAlive()).isFalse();
        }
    }

    private static void awaitState(long pid, char state) {
        long end = System.nanoTime() + SOON.toNanos();
        while (ProcessState.of(pid).orElseThrow().state() != state) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** A group's leader cannot become a session's, so setsid(1) has a child do it. */
    private static long leaderBelow(long pid) {
        long end = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() < end) {
            var leader = ProcessHandle.of(pid)
                    .orElseThrow()
                    .children()
                    .map(ProcessHandle::pid)
                    .filter(child -> ProcessStat.of(child)
                            .filter(stat -> stat.session() == child)
                            .isPresent())
                    .findFirst();
            if (leader.isPresent()) {
                return leader.get();
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("setsid has made no session");
    }
}
