package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On the groups that this machine has. */
class CgroupTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final Cgroup cgroup = Cgroup.at(Path.of("/sys/fs/cgroup"));
    private final String top =
            "/hfgroup-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private final String group = top + "/inner";

    @AfterEach
    void close() {
        cgroup.remove(top);
        watch.close();
    }

    @Test
    void aProcessIsPlacedInEveryTreeFoundAndKilled() {
        cgroup.create(group);
        Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin");
        int pid = new Spawn(List.of("sleep", "100"), environment, List.of(), Path.of("/")).start(kernel);

        cgroup.place(group, pid);
        for (String controller : cgroup.controllers()) {
            Path procs = cgroup.directory(controller, group).orElseThrow().resolve("cgroup.procs");
            assertThat(Cgroup.read(procs)).hasValue(pid + "\n");
        }
        assertThat(cgroup.processes(top)).containsExactly((long) pid);
        assertThatThrownBy(() -> cgroup.remove(group)).isInstanceOf(Failure.Broken.class);

        cgroup.kill(top, kernel);
        assertThat(watch.awaitChild(pid, LIMIT)).isTrue();
        assertThat(kernel.reap(pid)).hasValue(Kernel.SIGKILL);
        assertThat(cgroup.processes(top)).isEmpty();
    }

    @Test
    void makingAndRemovingTwiceIsSuccess() {
        cgroup.create(group);
        cgroup.create(group);
        cgroup.remove(top);
        cgroup.remove(top);
        assertThat(cgroup.directory("pids", top))
                .hasValueSatisfying(path -> assertThat(path).doesNotExist());
        assertThat(cgroup.processes(top)).isEmpty();
    }
}
