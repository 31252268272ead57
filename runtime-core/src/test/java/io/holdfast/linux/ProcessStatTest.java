package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessStatTest {
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
            watch.awaitExit(stat.identity(), java.time.Duration.ofSeconds(20));
            assertThat(ProcessStat.of(pid).orElseThrow().ended()).isTrue();
            assertThat(ProcessIdentity.of(pid)).isEmpty();

            new Subprocess(kernel, watch).awaitExit(pid);
            assertThat(ProcessStat.of(pid)).isEmpty();
        }
    }

    @Test
    void theSessionIsItsLeadersPid() {
        long self = ProcessHandle.current().pid();
        assertThat(ProcessStat.of(self).orElseThrow().session()).isPositive();
        assertThat(ProcessStat.of(1).orElseThrow().parent()).isZero();
    }
}
