package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.PodSandboxConfig;
import io.holdfast.runtime.v1.Cri.PodSandboxState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The daemon is killed at random moments of pods' lives; whoever asks again, as a kubelet does, gets what it asked for,
 * and in the end nothing is left. {@code -Dholdfast.seed} repeats a run, {@code -Dholdfast.kills} makes it longer.
 */
@Tag("faults")
@ExtendWith(RigExtension.class)
class KillTest {
    private static final int KILLS = Integer.getInteger("holdfast.kills", 25);
    private static final int LATEST_MILLIS = 500;
    private static final int PODS_AT_ONCE = 3;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<PodSandboxConfig> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<StatusRuntimeException> refusals = Collections.synchronizedList(new ArrayList<>());
    private final Random random = new Random(seed());
    private HoldfastDaemon daemon;
    private Endpoint endpoint;
    private Node node;

    @BeforeEach
    void startADaemonToKill(Rig rig) {
        daemon = rig.anotherDaemon("");
        start(rig);
        node.present(node.reference(TestImages.BUSYBOX));
    }

    @AfterEach
    void endIt() {
        try {
            node.close();
        } finally {
            endpoint.close();
            daemon.close();
        }
    }

    @Test
    void whatIsAskedForAgainComesUpAndNothingIsLeftWhereverTheDaemonWasKilled(Rig rig) throws InterruptedException {
        for (int kill = 0; kill < KILLS; kill++) {
            List<PodSandboxConfig> pods = new ArrayList<>();
            List<Thread> kubelets = new ArrayList<>();
            for (int i = 0; i < PODS_AT_ONCE; i++) {
                PodSandboxConfig pod = node.podConfig(_ -> {});
                pods.add(pod);
                kubelets.add(Thread.ofVirtual().start(() -> liveUntilKilled(pod)));
            }
            Thread.sleep(random.nextInt(LATEST_MILLIS));
            daemon.kill();
            for (Thread kubelet : kubelets) {
                kubelet.join();
            }
            endpoint.close();
            start(rig);
            pods.forEach(this::assertItComesUp);
            removeAll();
        }
        assertNothingIsHeld();
        assertThat(refusals).isEmpty();
    }

    /** A pod's whole life; ends where the daemon does. */
    private void liveUntilKilled(PodSandboxConfig config) {
        try {
            TestPod pod = node.pod(config);
            TestContainer container = pod.run("sleep 1000");
            container.stop(0);
            pod.stop();
            pod.remove();
        } catch (StatusRuntimeException refused) {
            if (refused.getStatus().getCode() != Status.Code.UNAVAILABLE) {
                refusals.add(refused);
            }
        }
    }

    private void assertItComesUp(PodSandboxConfig config) {
        TestPod pod = node.pod(config);
        assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
        assertThat(pod.run("sleep 1000").sh("echo alive")).isEqualTo("alive");
    }

    /** As a kubelet collects what it does not want any more. */
    private void removeAll() {
        node.runtime()
                .listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance())
                .getItemsList()
                .forEach(sandbox -> {
                    TestPod pod = new TestPod(node, sandbox.getId(), PodSandboxConfig.getDefaultInstance());
                    pod.stop();
                    pod.remove();
                });
    }

    private void assertNothingIsHeld() {
        assertThat(Lists.containers(node, _ -> {})).isEmpty();
        Await.until(
                "every address to be given back",
                SOON,
                () -> daemon.network().leased().isEmpty());
    }

    private void start(Rig rig) {
        daemon.start();
        endpoint = new Endpoint(daemon.socket());
        node = new Node(rig, endpoint, asked);
    }

    private static long seed() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("KillTest: -Dholdfast.seed=" + seed);
        return seed;
    }
}
