package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.OciRuntime.Request;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runtimes that hang, lie, fail, or are not there: scripts round a real one. */
class FaultyRuntimeTest {
    private static final Path CRUN = Path.of("/usr/bin/crun");
    private static final Duration LIMIT = Duration.ofMillis(1500);

    private final Lab lab = new Lab(CRUN);

    @AfterEach
    void close() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCreateThatHangsIsKilledAtTheDeadline(boolean logged) {
        lab.use(script("case \"$*\" in *create*) sleep 6001;; esac; exec " + CRUN + " \"$@\""));
        Request request = lab.request(logged, "true");

        timesOut(() -> lab.runtime().create(request));

        Lab.await(
                "the end of what hung",
                () -> running(lab.directory + "/runtime").isEmpty());
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    @Test
    void aCreateThatHangsAfterItsWorkIsUndone() {
        lab.use(script(CRUN + " \"$@\"; case \"$*\" in *create*) exec sleep 6002;; esac"));
        Request request = lab.shell("true");
        timesOut(() -> lab.runtime().create(request));
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    /** What is under way goes on when its daemon is killed, and so it does here beside a second instance. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCreateThatAKilledDaemonHasLeftIsEndedByDelete(boolean logged) throws Exception {
        Path released = lab.directory.resolve("released");
        Path wrapper = script("while [ ! -e " + released + " ]; do sleep 0.01; done; exec " + CRUN + " \"$@\"");
        Request request = lab.request(logged, "sleep", "6006");
        lab.use(wrapper);
        ShimRuntime killed = lab.runtime();
        Thread create = Thread.ofVirtual().start(() -> assertThatThrownBy(() -> killed.create(request)));
        Lab.await("the create", () -> !running(wrapper + " --root").isEmpty());
        if (logged) {
            lab.kill(lab.monitor(request), Kernel.SIGKILL);
        }

        lab.use(CRUN);
        lab.runtime().delete(request);

        assertThat(running(wrapper.toString())).isEmpty();
        Files.createFile(released);
        create.join();
        lab.assertGone(request);
    }

    @Test
    void aStartThatHangsIsKilledAtTheDeadline() {
        Request request = lab.shell("true");
        lab.runtime().create(request);
        lab.use(script("exec sleep 6003"));
        timesOut(() -> lab.runtime().start(request.id()));
        assertThat(running(lab.directory + "/runtime")).isEmpty();
    }

    @Test
    void anExecThatHangsBeforeItsProgramIsKilledAtItsLimit() {
        Lab.Running container = lab.run("sleep 1000");
        lab.use(script("sleep 6004"));
        timesOut(() -> lab.runtime().exec(container.request(), Lab.exec(Duration.ofSeconds(1), "true")));
        Lab.await(
                "the end of what hung",
                () -> running(lab.directory + "/runtime").isEmpty());
        assertThat(container.init().isAlive()).isTrue();
    }

    @Test
    void aDeleteThatHangsHasKilledTheProcessesAndCanBeDoneAgain() {
        Lab.Running container = lab.run("sleep 1000");
        lab.use(script("exec sleep 6005"));
        timesOut(() -> lab.runtime().delete(container.request()));
        assertThat(container.init().isAlive()).isFalse();
        lab.use(CRUN);
        lab.runtime().delete(container.request());
        lab.assertGone(container.request());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRuntimeThatSaysItDidAndDidNotIsFoundOut(boolean logged) {
        lab.use(script("echo garbage; echo rubbish >&2"));
        Request request = lab.request(logged, "true");
        assertThatThrownBy(() -> lab.runtime().create(request)).isInstanceOf(Failure.Broken.class);
        assertThat(lab.runtime().features().mountOptions()).isEmpty();
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    @Test
    void whatARuntimeSaysIsPartOfTheFailure() {
        lab.use(script("echo '{\"level\":\"warning\",\"msg\":\"never mind\"}' >&2;"
                + " echo '{\"level\":\"error\",\"msg\":\"runc create failed: the moon is full\"}' >&2; exit 1"));
        Request request = lab.shell("true");
        assertThatThrownBy(() -> lab.runtime().create(request))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageEndingWith("with other: the moon is full");
    }

    @Test
    void aRuntimeThatIsNotThereIsSaidToBeMissing() {
        lab.use(Path.of("/no/such/runtime"));
        assertThatThrownBy(() -> lab.runtime().create(lab.request(false, "true")))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("/no/such/runtime");
        assertThatThrownBy(() -> lab.runtime().create(lab.request(true, "true")))
                .hasMessageContaining("/no/such/runtime");
        assertThatThrownBy(() -> lab.runtime().features()).isInstanceOf(Failure.Unavailable.class);
    }

    @Test
    void anIdThatIsAFlagOrAPathIsRefused() {
        for (String id : List.of("--help", "../x", "", "a/b", "a\nb")) {
            Request request = new Request(
                    id, lab.directory, lab.directory, "/x/y", lab.shell("x").output());
            assertThatThrownBy(() -> lab.runtime().create(request)).isInstanceOf(Failure.Invalid.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "relative", "/a/../.."})
    void aGroupThatIsNoContainersIsNeverKilled(String group) {
        Request made = lab.shell("true");
        Request request = new Request(made.id(), made.bundle(), made.monitorDirectory(), group, made.output());
        assertThatThrownBy(() -> lab.runtime().delete(request)).isInstanceOf(Failure.Invalid.class);
    }

    private void timesOut(Runnable verb) {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> Deadline.within(LIMIT, () -> {
                    verb.run();
                    return true;
                }))
                .isInstanceOf(Failure.TimedOut.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    private Path script(String body) {
        try {
            Path script = Files.createTempFile(
                    lab.directory,
                    "runtime",
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        } catch (java.io.IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static List<String> running(String text) {
        return Lab.processesNaming(text);
    }
}
