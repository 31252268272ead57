package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.work.Parallel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessWatchTest {
    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void anExitIsTold() throws Exception {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity identity = ProcessIdentity.of(sleep.pid()).orElseThrow();
        CountDownLatch told = new CountDownLatch(1);
        watch.onExit(identity, told::countDown);
        assertThat(watch.awaitExit(identity, Duration.ofMillis(20))).isFalse();

        assertThat(identity.signal(kernel, Kernel.SIGKILL)).isTrue();

        assertThat(told.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(watch.awaitExit(identity, Duration.ofSeconds(5))).isTrue();
        sleep.waitFor();
        assertThat(identity.isAlive()).isFalse();
        assertThat(identity.signal(kernel, Kernel.SIGKILL)).isFalse();
    }

    @Test
    void anExitBeforeTheQuestionIsToldAtOnce() throws Exception {
        Process done = new ProcessBuilder("true").start();
        ProcessIdentity identity = new ProcessIdentity(done.pid(), 1);
        done.waitFor();
        assertThat(watch.awaitExit(identity, Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void waitsThatAreOverLeaveNothingBehind() throws Exception {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity living = ProcessIdentity.of(sleep.pid()).orElseThrow();
        CountDownLatch told = new CountDownLatch(1);
        watch.onExit(living, told::countDown);
        long before = descriptors();
        for (int i = 0; i < 1000; i++) {
            assertThat(watch.awaitExit(living, Duration.ofNanos(1))).isFalse();
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
        assertThat(told.getCount()).isOne();

        sleep.destroyForcibly();
        assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** The descriptors of the waits that are over pass to those that begin, on all sides. */
    @Test
    void anExitAtTheVeryEndOfAWaitIsNotTakenForAnothers() throws Exception {
        Process sleep = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity living = ProcessIdentity.of(sleep.pid()).orElseThrow();
        AtomicInteger wrong = new AtomicInteger();
        Parallel.each(IntStream.range(0, 4).boxed().toList(), 4, _ -> {
            for (int i = 0; i < 100; i++) {
                ended(new ProcessBuilder("true"));
                if (watch.awaitExit(living, Duration.ofNanos(100_000))) {
                    wrong.incrementAndGet();
                }
            }
        });
        sleep.destroyForcibly();
        assertThat(wrong).hasValue(0);
    }

    private void ended(ProcessBuilder program) {
        try {
            Process process = program.start();
            ProcessIdentity.of(process.pid()).ifPresent(it -> watch.awaitExit(it, Duration.ofNanos(300_000)));
            process.waitFor();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static long descriptors() throws Exception {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void anotherProcessUnderTheSamePidIsNotTheSame() {
        long own = ProcessHandle.current().pid();
        ProcessIdentity other = new ProcessIdentity(own, 1);
        assertThat(other.isAlive()).isFalse();
        assertThat(other.signal(kernel, 0)).isFalse();
        assertThat(ProcessIdentity.of(own)).isPresent();
    }
}
