package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri.ContainerState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several containers in a pod and several pods at once. */
@Conformance
class MultiContainerTest {
    @Test
    void containersOfOnePodHaveTheirOwnLogsAndFilesAndExecs(Node node) {
        var pod = node.pod();
        var first = pod.run("echo first; sleep 3600");
        var second = pod.run("echo second; sleep 3600");
        assertThat(first.firstLine()).isEqualTo("first");
        assertThat(second.firstLine()).isEqualTo("second");
        first.sh("echo x > /only-in-first");
        assertThat(second.exitCode("test -e /only-in-first")).isNotZero();
        assertThat(second.sh("echo from second")).isEqualTo("from second");
    }

    @Test
    void oneContainersEndDoesNotTouchTheOthers(Node node) {
        var pod = node.pod();
        var staying = pod.run();
        var leaving = pod.run();
        leaving.stop(0);
        leaving.remove();
        assertThat(staying.state()).isEqualTo(ContainerState.CONTAINER_RUNNING);
        assertThat(staying.sh("echo alive")).isEqualTo("alive");
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).containsExactly(staying.id());
    }

    @Test
    void podsRunAndGoSideBySide(Node node) throws Exception {
        node.present(node.reference(TestImages.BUSYBOX));
        var lives = new ArrayList<Callable<String>>();
        IntStream.range(0, 8)
                .forEach(_ -> lives.add(() -> {
                    var pod = node.pod();
                    var ip = pod.ip();
                    assertThat(pod.run().sh("echo runs")).isEqualTo("runs");
                    return ip;
                }));
        var addresses = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var life : threads.invokeAll(lives)) {
                addresses.add(life.get());
            }
        }
        assertThat(addresses).hasSize(8);
    }

    @Test
    void containersOfOnePodAreMadeSideBySide(Node node) throws Exception {
        node.present(node.reference(TestImages.BUSYBOX));
        var pod = node.pod();
        var made = new ArrayList<Callable<String>>();
        IntStream.range(0, 8).forEach(_ -> made.add(() -> pod.run().id()));
        var ids = new HashSet<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : threads.invokeAll(made)) {
                ids.add(one.get());
            }
        }
        assertThat(Lists.containers(node, f -> f.setPodSandboxId(pod.id()))).containsExactlyInAnyOrderElementsOf(ids);
    }
}
