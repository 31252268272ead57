package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.container.Resources;
import io.holdfast.container.Security;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.metadata.Database;
import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every take, release and write of a sandbox's life fails, or kills the process, before or after its effect, crossed with
 * each release failing: nothing is ever held that no record names, and the same name always runs again.
 */
class SandboxFaultsTest {
    private static final String NO_RELEASE = "none";

    /** The process is killed: nothing of it undoes anything. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private enum Fault {
        FAILS,
        KILLS
    }

    @TempDir
    Path directory;

    private final AtomicReference<Consumer<String>> fault = new AtomicReference<>(_ -> {});
    private final Failpoints failpoints =
            Failpoints.calling(point -> fault.get().accept(point));
    private final ProcessWatch watch = new ProcessWatch(new Kernel());
    private FakeKernel kernel = new FakeKernel();
    private Database database;
    private RecordStore<Sandbox> records;
    private Sandboxes sandboxes;

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("db"), failpoints);
        records = database.records("sandboxes", Sandbox.class);
        sandboxes = daemon();
    }

    @AfterEach
    void close() {
        sandboxes.close();
        database.close();
        watch.close();
    }

    @Test
    void nothingIsEverHeldThatNoRecordNamesAndTheSameNameRunsAgain() {
        Set<String> points = pointsOfALife();
        List<String> releases = new ArrayList<>(
                points.stream().filter(point -> point.startsWith("release.")).toList());
        releases.add(NO_RELEASE);
        int cases = 0;
        for (String point : points) {
            for (Fault kind : Fault.values()) {
                for (String stuck : releases) {
                    survives(point, kind, stuck);
                    cases++;
                }
            }
        }
        System.out.println(cases + " faults over " + points.size() + " points");
        assertThat(cases).isGreaterThan(500);
    }

    private Set<String> pointsOfALife() {
        Set<String> points = new ConcurrentSkipListSet<>();
        fault.set(points::add);
        String id = sandboxes.run(config(), "crun");
        sandboxes.stop(id);
        sandboxes.remove(id);
        fault.set(_ -> {});
        assertThat(points).contains("take.Pause.after", "release.NetNs.before", "write.sandboxes.before");
        return points;
    }

    private void survives(String point, Fault kind, String stuck) {
        String name = point + " " + kind + ", release that will not: " + stuck;
        faulty(point, kind, stuck);
        boolean killed = false;
        try {
            String id = sandboxes.run(config(), "crun");
            sandboxes.stop(id);
            sandboxes.remove(id);
        } catch (Failure expected) {
            assertThat(expected).as(name).hasMessageContaining("injected");
        } catch (Killed gone) {
            killed = true;
        }
        Set<SandboxHold> recorded = recorded();
        assertThat(kernel.held()).as(name + ": held without a record").isSubsetOf(recorded);
        fault.set(_ -> {});
        if (killed) {
            sandboxes.close();
            sandboxes = daemon();
            sandboxes.recover();
        }
        String again = sandboxes.run(config(), "crun");
        assertThat(sandboxes.find(again).isReady()).as(name).isTrue();
        sandboxes.list().forEach(sandbox -> sandboxes.remove(sandbox.id()));
        await(name, () -> kernel.held().isEmpty() && records.load().records().isEmpty());
    }

    private void faulty(String point, Fault kind, String stuck) {
        AtomicReference<Boolean> done = new AtomicReference<>(false);
        fault.set(passed -> {
            if (passed.equals(point) && !done.getAndSet(true)) {
                if (kind == Fault.KILLS) {
                    throw new Killed();
                }
                throw new Failure.Broken("injected at " + point);
            }
            if (passed.equals(stuck)) {
                throw new Failure.Broken("injected: " + stuck);
            }
        });
    }

    private Set<SandboxHold> recorded() {
        return records.load().records().values().stream()
                .flatMap(sandbox -> sandbox.holds().stream())
                .collect(Collectors.toSet());
    }

    private Sandboxes daemon() {
        return new Sandboxes(
                records,
                kernel,
                new Environments(new SandboxPaths(Path.of("/run/x"))),
                new Sandboxes.Members(_ -> {}, _ -> {}),
                new Sandboxes.Outside(watch, failpoints, Duration.ofMillis(2)));
    }

    private static void await(String name, java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(name + ": not all let go within ten seconds")
                    .isLessThan(end);
            Thread.onSpinWait();
        }
    }

    static SandboxConfig config() {
        return new SandboxConfig(
                new SandboxConfig.PodMetadata("pod", "uid", "default", 0),
                "host",
                "",
                new SandboxConfig.Dns(List.of(), List.of(), List.of()),
                List.of(),
                Map.of(),
                Map.of(),
                "",
                Map.of(),
                new SandboxConfig.Namespaces(
                        SandboxConfig.Scope.POD, SandboxConfig.Scope.CONTAINER, SandboxConfig.Scope.POD),
                new SandboxConfig.SandboxSecurity(
                        false, false, new Security.Seccomp.RuntimeDefault(), Optional.empty()),
                Resources.none(),
                Resources.none());
    }
}
