package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import io.holdfast.work.Parallel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLifeTest {
    @TempDir
    Path directory;

    private Fixture node;

    @BeforeEach
    void begin() {
        node = new Fixture(directory);
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void aContainerIsCreatedRunsAndExits() {
        node.runtime.runs("sh", "-c", "exit 3");
        Containers containers = node.owner();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        Container created = containers.find(id);
        assertThat(created.state()).isInstanceOf(ContainerState.Created.class);
        assertThat(created.imageRef()).isEqualTo("r/i@sha256:2");
        assertThat(created.logPath()).hasValue(directory.resolve("logs/c/0.log"));
        assertThat(directory.resolve("logs/c")).isDirectory();
        assertThat(created.user())
                .hasValueSatisfying(user -> assertThat(user.uid()).isZero());

        containers.start(id);
        ContainerState.Exited exited = node.exited(id);
        assertThat(exited.exit().code()).isEqualTo(3);
        assertThat(exited.reason()).isEqualTo("Error");
        assertThat(exited.created()).isBeforeOrEqualTo(exited.started().orElseThrow());
        assertThat(exited.started().orElseThrow())
                .isBeforeOrEqualTo(exited.exit().at());

        containers.remove(id);
        node.awaitNothingHeld();
        assertThatThrownBy(() -> containers.find(id)).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void anExitWithZeroIsCompleted() {
        node.runtime.runs("true");
        Containers containers = node.owner();
        String id = node.running();
        assertThat(node.exited(id).reason()).isEqualTo("Completed");
        assertThatThrownBy(() -> containers.start(id))
                .isInstanceOf(Failure.WrongState.class)
                .hasMessageContaining("Exited");
    }

    @Test
    void requestsOfOneNameAtOnceMakeOneContainer() {
        Containers containers = node.owner();
        List<String> ids = Parallel.map(IntStream.range(0, 20).boxed().toList(), 20, _ -> {
            return containers.create(node.pod(), Fixture.config("c", 0));
        });
        assertThat(ids).containsOnly(ids.getFirst());
        assertThat(containers.list()).hasSize(1);
    }

    @Test
    void aRequestIsRepeatedUntilTheContainerIsStarted() {
        Containers containers = node.owner();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        assertThat(containers.create(node.pod(), Fixture.config("c", 0))).isEqualTo(id);
        assertThat(containers.create(node.pod(), Fixture.config("c", 1))).isNotEqualTo(id);
        ContainerConfig other = Fixture.config("c", 0).with(Resources.none().changedBy(memory(1 << 20)));
        assertThatThrownBy(() -> containers.create(node.pod(), other))
                .isInstanceOf(Failure.AlreadyExists.class)
                .hasMessageContaining(id);
        containers.start(id);
        assertThatThrownBy(() -> containers.create(node.pod(), Fixture.config("c", 0)))
                .isInstanceOf(Failure.AlreadyExists.class)
                .hasMessageContaining(id);
    }

    @Test
    void withoutItsImageNothingIsMade() {
        Containers containers = node.owner();
        assertThatThrownBy(() -> containers.create(node.pod(), Fixture.ofImage("absent")))
                .isInstanceOf(Failure.NotFound.class)
                .hasMessageContaining("pull");
        node.awaitNothingHeld();
    }

    @Test
    void aRequestThatCannotBeLeavesNothing() {
        Containers containers = node.owner();
        ContainerConfig config = Fixture.config("c", 0)
                .withMounts(List.of(new ContainerConfig.Mount(
                        "/data", "relative", false, false, false, ContainerConfig.Propagation.PRIVATE)));
        assertThatThrownBy(() -> containers.create(node.pod(), config)).isInstanceOf(Failure.Invalid.class);
        node.awaitNothingHeld();
    }

    @Test
    void aStartThatFailsIsAnExitThatSaysSo() {
        Containers containers = node.owner();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        node.runtime.refusesToStart();
        assertThatThrownBy(() -> containers.start(id)).hasMessageContaining("no such program");
        ContainerState.Exited exited = node.exited(id);
        assertThat(exited.reason()).isEqualTo("StartError");
        assertThat(exited.exit().code()).isEqualTo(128);
        assertThat(exited.started()).isEmpty();
        assertThat(exited.message()).contains("no such program");
    }

    @Test
    void whatSharesNoPidNamespaceEndsWithTheFirstProcess() {
        node.runtime.runs("sh", "-c", "setsid sleep 500 & setsid sleep 500 & exit 4");
        node.owner();
        String id = node.running();
        assertThat(node.exited(id).exit().code()).isEqualTo(4);
        assertThat(node.cgroup().processes(node.owner.orElseThrow().find(id).cgroup()))
                .isEmpty();
    }

    @Test
    void creationTimesOfANameIncreaseAlways() {
        Containers containers = node.owner();
        List<Container> made = IntStream.range(0, 5)
                .mapToObj(attempt -> containers.find(containers.create(node.pod(), Fixture.config("c", attempt))))
                .toList();
        for (int i = 1; i < made.size(); i++) {
            assertThat(made.get(i).createdAt()).isAfter(made.get(i - 1).createdAt());
        }
        assertThat(containers.list()).isEqualTo(made.reversed());
    }

    @Test
    void anIdIsFoundByItsBeginningWhereThatIsUnique() {
        Containers containers = node.owner();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        assertThat(containers.find(id.substring(0, 12)).id()).isEqualTo(id);
        IntStream.range(1, 18).forEach(i -> containers.create(node.pod(), Fixture.config("c", i)));
        String shared = containers.list().stream()
                .map(container -> container.id().substring(0, 1))
                .filter(first -> containers.list().stream()
                                .filter(container -> container.id().startsWith(first))
                                .count()
                        > 1)
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() -> containers.find(shared)).isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> containers.find("")).isInstanceOf(Failure.NotFound.class);
        assertThatThrownBy(() -> containers.find("zz")).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void onlyARunningContainerIsGivenPrograms() {
        Containers containers = node.owner();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        assertThatThrownBy(() -> containers.exec(id, List.of("true"), Optional.empty()))
                .isInstanceOf(Failure.WrongState.class);
        containers.start(id);
        OciRuntime.ExecResult result = containers.exec(id, List.of("echo", "a"), Optional.of(Duration.ofSeconds(1)));
        assertThat(new String(result.stdout(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"echo\",\"a\"");
        assertThatThrownBy(() -> containers.exec(id, List.of(), Optional.empty()))
                .isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> containers.reopenLog(id)).isInstanceOf(Failure.Unavailable.class);
    }

    @Test
    void changedResourcesAreReportedAlsoAfterARestart() {
        String id = node.owner().create(node.pod(), Fixture.config("c", 0));
        node.owner.orElseThrow().update(id, memory(1 << 26));
        node.owner().update(id, new Resources(0, 0, 512, 0, 0, 7, "", "", Map.of(), Map.of()));
        Resources now = node.owner().find(id).config().resources();
        assertThat(now.memoryLimit()).isEqualTo(1 << 26);
        assertThat(now.cpuShares()).isEqualTo(512);
        assertThat(now.oomScoreAdj()).isZero();
        assertThat(node.runtime.updates()).hasSize(2);
        assertThat(node.runtime.updates().getLast()).contains("512").doesNotContain("67108864");
    }

    @Test
    void usageIsThatOfTheControlGroup() {
        node.runtime.runs("sh", "-c", "while :; do :; done");
        Containers containers = node.owner();
        String id = node.running();
        Fixture.await(() -> containers.usage(id).group().cpuNanos().orElse(0) > 20_000_000);
        ContainerUsage usage = containers.usage(id);
        assertThat(usage.group().cpuNanos().orElse(0)).isGreaterThan(20_000_000);
        assertThat(usage.group().memory().orElseThrow().usage()).isPositive();
        assertThat(usage.group().memory().orElseThrow().workingSet())
                .isLessThanOrEqualTo(usage.group().memory().orElseThrow().usage());
        assertThat(usage.nanoCores()).isPresent();
        assertThat(usage.writable().bytes()).isEqualTo(4096);
        containers.stop(id, Duration.ZERO);
        assertThat(containers.usage(id).writable().bytes()).isEqualTo(4096);
    }

    @Test
    void stoppingAllWaitsForWhatIsBeingMade() throws Exception {
        CountDownLatch taking = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Containers containers = node.owner(point -> {
            if (point.equals("take.Runtime.before")) {
                taking.countDown();
                awaitQuietly(go);
            }
        });
        Thread maker = Thread.ofVirtual().start(() -> containers.create(node.pod(), Fixture.config("c", 0)));
        taking.await();
        assertThat(containers.list()).isEmpty();
        Thread stopper = Thread.ofVirtual().start(() -> containers.stopAll(Fixture.SANDBOX, Duration.ZERO));
        assertThat(stopper.join(Duration.ofMillis(100))).isFalse();
        go.countDown();
        maker.join();
        stopper.join();
        assertThat(containers.list())
                .hasSize(1)
                .allSatisfy(container -> assertThat(container.state()).isInstanceOf(ContainerState.Exited.class));
        containers.removeAll(Fixture.SANDBOX);
        node.awaitNothingHeld();
    }

    @Test
    void aRunningContainerIsKilledByItsRemoval() {
        Containers containers = node.owner();
        String id = node.running();
        containers.remove(id);
        node.awaitNothingHeld();
        assertThatThrownBy(() -> containers.remove(id)).isInstanceOf(Failure.NotFound.class);
    }

    @Test
    void aVolumeBeginsWithWhatTheImageHasThere() throws Exception {
        node.snapshotter.filledBy(rootfs -> {
            Files.createDirectories(rootfs.resolve("data/sub"));
            Files.writeString(rootfs.resolve("data/sub/f"), "content");
            Files.createSymbolicLink(rootfs.resolve("data/link"), Path.of("/etc/passwd"));
            Files.createSymbolicLink(rootfs.resolve("escape"), Path.of("../../../../../../etc"));
            Files.createDirectories(rootfs.resolve("etc"));
            Files.writeString(rootfs.resolve("etc/inside"), "");
        });
        node.image(Fixture.imageWithVolumes("/data", "data/../data/", "/escape", "/absent"));
        Containers containers = node.owner();
        String id = containers.create(node.pod(), Fixture.config("c", 0));
        Path volumes = directory.resolve("root/containers/" + id + "/volumes");
        assertThat(volumes.resolve("0/sub/f")).hasContent("content");
        assertThat(volumes.resolve("0/link")).isSymbolicLink();
        assertThat(volumes.resolve("1"))
                .isDirectoryContaining("glob:**/inside")
                .isDirectoryNotContaining("glob:**/passwd");
        assertThat(volumes.resolve("2")).isEmptyDirectory();
        assertThat(volumes.resolve("3")).doesNotExist();
        assertThat(Files.readString(directory.resolve("state/containers/" + id + "/config.json")))
                .contains("\"destination\":\"/data\"");
        containers.remove(id);
        node.awaitNothingHeld();
    }

    private static Resources memory(long bytes) {
        return new Resources(0, 0, 0, bytes, 0, 0, "", "", Map.of(), Map.of());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
