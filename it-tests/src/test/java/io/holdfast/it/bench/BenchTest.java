package io.holdfast.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.it.Endpoint;
import io.holdfast.it.HoldfastDaemon;
import io.holdfast.it.Node;
import io.holdfast.it.Rig;
import io.holdfast.it.TestImages;
import io.holdfast.it.TestNetwork;
import io.holdfast.runtime.v1.Cri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The measurement; {@code -Dbench.rounds} (25) is how many pods each way leads, {@code -Dcri.runtime} which OCI runtime. */
@Tag("bench")
class BenchTest {
    private static final int WARM_UP = 10;
    private static final int LISTS = 600;
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 25);
    private static final int STARTS = 20;
    private static final int PODS = 20;
    private static final Path REPORT = Path.of("target/bench.txt");

    private final Timings floor = new Timings();
    private final Timings holdfast = new Timings();
    private final Timings containerd = new Timings();

    @Test
    void aPodsLifeIsNearTheFloorAndTheDaemonIsLight() throws IOException {
        try (var rig = Rig.assemble()) {
            lead(rig);
            var ready = readyTimes(rig);
            var resident = residentWithPods(rig);
            var runtime = Path.of(runtime()).getFileName();
            var report = "%d rounds, %s, load %s".formatted(ROUNDS, runtime, Files.readString(Path.of("/proc/loadavg")))
                    + new Table(columns()).text()
                    + String.format(
                            Locale.ROOT,
                            "%nHoldfast up / floor: %.2f   Holdfast up / containerd up: %.2f%n",
                            ratio(floor),
                            ratio(containerd))
                    + String.format(
                            Locale.ROOT,
                            "daemon ready: %.0f ms (median of %d)%n",
                            ready.median("ready"),
                            ready.count("ready"))
                    + "daemon resident with %d pods: %d MB (measured once)%n".formatted(PODS, resident >> 20);
            System.out.println(report);
            Files.writeString(REPORT, report);
            assertThat(ready.median("ready")).as("ms until the daemon is ready").isLessThanOrEqualTo(2000);
            assertThat(resident >> 20).as("MB resident with pods").isLessThan(150);
            assertThat(ratio(containerd)).as("pod up against containerd").isLessThan(1);
            if (runtime.toString().equals("crun")) {
                assertThat(ratio(floor)).as("pod up against the floor").isLessThanOrEqualTo(1.4);
            }
        }
    }

    private void lead(Rig rig) {
        try (var network = new TestNetwork(rig.directory(), 0xbe01);
                var other = new TestNetwork(rig.directory(), 0xbe02);
                var daemon = new ContainerdDaemon(
                        rig.directory(), runtime(), other, rig.registry().host() + "/" + TestImages.HOLDING);
                var endpoint = new Endpoint(daemon.socket());
                var ours = new Node(rig, rig.endpoint());
                var theirs = new Node(rig, endpoint);
                var roots = new HandRoots(rig)) {
            ours.present(ours.reference(TestImages.BUSYBOX));
            theirs.present(theirs.reference(TestImages.BUSYBOX));
            beListed(ours, theirs);
            for (int round = 0; round < WARM_UP + ROUNDS; round++) {
                if (round == WARM_UP) {
                    columns().values().forEach(Timings::clear);
                }
                var hand = new HandPod(rig, "hfbench" + round, runtime(), roots.next(), network);
                hand.up(floor);
                hand.down(floor);
                new PodLife(ours, holdfast).lead();
                new PodLife(theirs, containerd).lead();
            }
        }
    }

    /** What a kubelet asks for in ten minutes, so that neither a daemon nor the client here is measured at its start. */
    private static void beListed(Node... nodes) {
        for (int second = 0; second < LISTS; second++) {
            for (var node : nodes) {
                node.runtime().listPodSandbox(Cri.ListPodSandboxRequest.getDefaultInstance());
                node.runtime().listContainers(Cri.ListContainersRequest.getDefaultInstance());
            }
        }
    }

    /** Starts of a daemon that has nothing to recover. */
    private static Timings readyTimes(Rig rig) {
        var timings = new Timings();
        for (int i = 0; i < STARTS; i++) {
            try (var daemon = new HoldfastDaemon(rig.directory())) {
                timings.run("ready", daemon::start);
            }
        }
        return timings;
    }

    private static long residentWithPods(Rig rig) throws IOException {
        try (var node = new Node(rig)) {
            for (int i = 0; i < PODS; i++) {
                node.pod().run();
            }
            return rig.daemon().orElseThrow().residentBytes();
        }
    }

    private double ratio(Timings other) {
        return holdfast.median(PodLife.UP) / other.median(PodLife.UP);
    }

    private Map<String, Timings> columns() {
        var columns = new LinkedHashMap<String, Timings>();
        columns.put("by hand (floor)", floor);
        columns.put("Holdfast", holdfast);
        columns.put("containerd", containerd);
        return columns;
    }

    private static String runtime() {
        var name = System.getProperty("cri.runtime", "crun");
        return name.equals("runc")
                ? System.getProperty("cri.runtime.runc", "/usr/sbin/runc")
                : System.getProperty("cri.runtime.crun", "/usr/bin/crun");
    }
}
