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
