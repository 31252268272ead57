package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

@Conformance
class ExecSyncTest {
    /** What CRI has a runtime keep, and a kubelet take of a whole message. */
    private static final int CAP = 16 << 20;

    @Test
    void outputErrorsAndExitCodeComeBack(Node node) {
        var reply = node.pod().run().exec(10, "sh", "-c", "echo out; echo err >&2; exit 3");
        assertThat(reply.getStdout().toStringUtf8()).isEqualTo("out\n");
        assertThat(reply.getStderr().toStringUtf8()).isEqualTo("err\n");
        assertThat(reply.getExitCode()).isEqualTo(3);
    }

    @Test
    void anExecRunsWithTheContainersUserDirectoryAndEnvironment(Node node) {
        var container = node.pod().run(c -> {
            c.setWorkingDir("/tmp").addEnvsBuilder().setKey("A").setValue(ByteString.copyFromUtf8("b c"));
            c.getLinuxBuilder()
                    .getSecurityContextBuilder()
                    .getRunAsUserBuilder()
                    .setValue(1234);
        });
        assertThat(container.sh("echo $(id -u) $PWD $A")).isEqualTo("1234 /tmp b c");
    }

    @Test
    void argumentsArriveAsTheyWereSent(Node node) {
        var reply = node.pod().run().exec(10, "printf", "%s|", "a b", "", "$HOME", "*", "\"'", "é\n");
        assertThat(reply.getStdout().toStringUtf8()).isEqualTo("a b||$HOME|*|\"'|é\n|");
    }

    @Test
    void standardInputIsEmpty(Node node) {
        assertThat(node.pod().run().exec(10, "cat").getStdout().size()).isZero();
    }

    @Test
    void anExecThatTakesTooLongIsEndedAndOnlyIt(Node node) {
        var container = node.pod().run();
        long begin = System.nanoTime();
        var refused = Node.refusal(() -> container.exec(1, "sh", "-c", "sleep 987654 & sleep 987654"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
        assertThat(refused.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        Await.until(
                "the exec'd processes to be gone",
                Duration.ofSeconds(5),
                () -> container.sh("ps").lines().noneMatch(line -> line.contains("sleep 987654")));
        assertThat(container.sh("echo alive")).isEqualTo("alive");
    }

    @Test
    void noTimeoutWaitsForTheEnd(Node node) {
        assertThat(node.pod()
                        .run()
                        .exec(0, "sh", "-c", "sleep 2; echo done")
                        .getStdout()
                        .toStringUtf8())
                .isEqualTo("done\n");
    }

    @Test
    void manyMebibytesComeBackWhole(Node node) {
        var reply = node.pod().run().exec(30, "sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x");
        assertThat(reply.getStdout().size()).isEqualTo(3_000_000);
    }

    @Test
    void outputIsCappedToWhatAKubeletTakes(Node node) {
        var container = node.pod().run();
        var one = container.exec(60, "sh", "-c", "head -c 40000000 /dev/zero | tr '\\0' x");
        assertThat(one.getStdout().size()).isBetween(CAP - (1 << 20), CAP);
        assertThat(one.getExitCode()).isZero();

        var both = container.exec(60, "sh", "-c", "head -c 20000000 /dev/zero; head -c 20000000 /dev/zero >&2");
        assertThat(both.getStdout().size() + both.getStderr().size()).isBetween(CAP - (1 << 20), CAP);
        assertThat(both.getExitCode()).isZero();
    }

    @Test
    void aBackgroundChildThatHoldsTheOutputDoesNotHoldTheCall(Node node) {
        var container = node.pod().run();
        long begin = System.nanoTime();
        var reply = container.exec(30, "sh", "-c", "sleep 25 & echo started");
        assertThat(reply.getStdout().toStringUtf8()).isEqualTo("started\n");
        assertThat(reply.getExitCode()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aMissingCommandIsNamedInTheRefusalOrExitsAsAShellWouldTell(Node node) {
        var container = node.pod().run();
        String answer;
        try {
            answer = "exit code " + container.exec(10, "no-such-command").getExitCode();
        } catch (StatusRuntimeException e) {
            answer = e.getStatus().getDescription();
        }
        assertThat(answer).containsPattern("exit code 12[67]|no-such-command");
    }

    @Test
    void anExecInAContainerThatDoesNotRunIsRefused(Node node) {
        var pod = node.pod();
        var created = pod.create(_ -> {});
        var exited = pod.run("exit 0");
        exited.awaitExit();
        assertThat(Node.refusal(() -> created.exec(5, "true")).getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(Node.refusal(() -> exited.exec(5, "true")).getCode()).isNotEqualTo(Status.Code.OK);
    }

    @Test
    void anExecInAnUnknownContainerIsNotFound(Node node) {
        assertThat(Node.refusal(() -> new TestContainer(node, "unknown-container").exec(5, "true"))
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void anExecOfNothingIsRefused(Node node) {
        var container = node.pod().run();
        assertThat(Node.refusal(() -> container.exec(5)).getCode()).isNotEqualTo(Status.Code.OK);
    }

    @Test
    void execsRunSideBySide(Node node) throws Exception {
        var container = node.pod().run();
        var calls = new ArrayList<Callable<String>>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            calls.add(() -> container.sh("sleep 1; echo " + number));
        }
        long begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int expected = 0;
            for (var answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).isEqualTo(Integer.toString(expected++));
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
    }
}
