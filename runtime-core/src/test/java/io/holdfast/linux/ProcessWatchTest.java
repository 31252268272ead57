package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    void anotherProcessUnderTheSamePidIsNotTheSame() {
        long own = ProcessHandle.current().pid();
        ProcessIdentity other = new ProcessIdentity(own, 1);
        assertThat(other.isAlive()).isFalse();
        assertThat(other.signal(kernel, 0)).isFalse();
        assertThat(ProcessIdentity.of(own)).isPresent();
    }
}
