package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        int pid = sleep();

        cgroup.place(group, pid);
        for (String controller : cgroup.controllers()) {
            Path procs = cgroup.directory(controller, group).orElseThrow().resolve("cgroup.procs");
            assertThat(Cgroup.read(procs)).hasValue(pid + "\n");
        }
        assertThat(cgroup.processes(top)).containsExactly((long) pid);
        assertThat(cgroup.holds(group, pid)).isTrue();
        assertThat(cgroup.holds(top, pid)).isTrue();
        assertThat(cgroup.holds(group + "/other", pid)).isFalse();
        assertThatThrownBy(() -> cgroup.remove(group))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("busy")
                .hasMessageContaining("processes [" + pid + "]");

        cgroup.kill(top, kernel);
        assertThat(watch.awaitChild(pid, LIMIT)).isTrue();
        assertThat(kernel.reap(pid)).hasValue(Kernel.SIGKILL);
        assertThat(cgroup.processes(top)).isEmpty();
    }

    @Test
    void groupsThatComeAndGoMeanwhileDisturbNoLook() throws Exception {
        cgroup.create(group);
        Path busy = cgroup.directory("pids", group).orElseThrow();
        AtomicBoolean over = new AtomicBoolean();
        Thread churn = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                List<Path> made = List.of(busy.resolve("a"), busy.resolve("a/b"), busy.resolve("c"));
                made.forEach(path -> path.toFile().mkdir());
                made.reversed().forEach(path -> path.toFile().delete());
            }
        });
        try {
            for (int look = 0; look < 3000; look++) {
                assertThat(cgroup.processes(top)).isEmpty();
            }
        } finally {
            over.set(true);
            churn.join();
        }
    }

    /** The v2 tree that is mounted beside those of v1, or is all there is. */
    @Test
    void processesWhoseThreadsAreInGroupsApartAreFoundAndKilled() throws Exception {
        Path beside = Path.of("/sys/fs/cgroup/unified");
        Cgroup unified = cgroup.unified() ? cgroup : Cgroup.at(beside);
        unified.create(group);
        int pid = sleep();
        try {
            Files.writeString(unified.directory("", group).orElseThrow().resolve("cgroup.type"), "threaded");
            unified.place(top, pid);
            unified.place(group, pid);

            assertThat(unified.processes(top)).containsExactly((long) pid);
            assertThat(unified.processes(group)).containsExactly((long) pid);
        } finally {
            unified.kill(group, kernel);
            assertThat(watch.awaitChild(pid, LIMIT)).isTrue();
            assertThat(kernel.reap(pid)).hasValue(Kernel.SIGKILL);
            unified.remove(top);
        }
    }

    @Test
    void whatCannotBeRemovedSaysWhy(@TempDir Path directory) throws Exception {
        Files.createFile(directory.resolve("cgroup.controllers"));
        Cgroup plain = Cgroup.at(directory);
        plain.create(group);
        Files.createFile(directory.resolve(group.substring(1)).resolve("no-cgroup"));
        assertThatThrownBy(() -> plain.remove(group))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining(group)
                .hasMessageNotContaining("processes");
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

    private int sleep() {
        Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin");
        return new Spawn(List.of("sleep", "100"), environment, List.of(), Path.of("/")).start(kernel);
    }
}
