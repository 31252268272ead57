package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.metadata.Database;
import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Sandboxes over a fake kernel and a real database, with faults at will. The daemon can die and come back. */
final class SandboxRig implements AutoCloseable {
    /** The process is killed: nothing of it undoes anything. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final AtomicReference<Consumer<String>> fault = new AtomicReference<>(_ -> {});
    private final Failpoints failpoints =
            Failpoints.calling(point -> fault.get().accept(point));
    private final ProcessWatch watch = new ProcessWatch(new Kernel());
    private final FakeKernel kernel = new FakeKernel();
    private final Database database;
    private final RecordStore<Sandbox> records;
    private Sandboxes sandboxes;

    SandboxRig(Path directory) {
        database = Database.open(directory.resolve("db"), failpoints);
        records = database.records("sandboxes", Sandbox.class);
        sandboxes = daemon();
    }

    Sandboxes sandboxes() {
        return sandboxes;
    }

    FakeKernel kernel() {
        return kernel;
    }

    RecordStore<Sandbox> records() {
        return records;
    }

    /** Every point that is passed from now on is told to this. */
    void fault(Consumer<String> action) {
        fault.set(action);
    }

    void noFault() {
        fault.set(_ -> {});
    }

    /** No record can be written or deleted any more. */
    void fullDisk() {
        fault.set(point -> {
            if (point.startsWith("write.") || point.startsWith("delete.")) {
                throw new Failure.Broken("injected: no space left");
            }
        });
    }

    /** Nothing more is done by the daemon that was killed. */
    void buried() {
        sandboxes.close();
        noFault();
    }

    /** The daemon is gone, and another comes up on what it left. A daemon that was killed does nothing more first. */
    void restart() {
        buried();
        sandboxes = daemon();
        sandboxes.recover();
    }

    /** As {@link #restart}, while the disk is full. */
    void restartOnFullDisk() {
        sandboxes.close();
        fullDisk();
        sandboxes = daemon();
        sandboxes.recover();
    }

    /** A sandbox in which a container runs. */
    String runInhabited() {
        String id = sandboxes.run(config(), "crun");
        kernel.inhabit(id);
        return id;
    }

    Set<SandboxHold> recorded() {
        return records.load().records().values().stream()
                .flatMap(sandbox -> sandbox.holds().stream())
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        sandboxes.close();
        database.close();
        watch.close();
    }

    static void await(String name, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(name + ": not within thirty seconds")
                    .isLessThan(end);
            Thread.onSpinWait();
        }
    }

    static SandboxConfig config() {
        return config(0);
    }

    static SandboxConfig config(long attempt) {
        return new SandboxConfig(
                new SandboxConfig.PodMetadata("pod", "uid", "default", attempt),
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
                new SandboxConfig.SandboxSecurity(false, Optional.empty()));
    }

    private Sandboxes daemon() {
        return new Sandboxes(
                records,
                kernel,
                new Environments(new SandboxPaths(Path.of("/run/x"), false)),
                new Sandboxes.Members(
                        id -> passing("members.stopAll", () -> kernel.empty(id)),
                        _ -> passing("members.removeAll", () -> {})),
                new Sandboxes.Outside(watch, failpoints, Duration.ofMillis(2)));
    }

    private void passing(String point, Runnable work) {
        failpoints.pass(point + ".before");
        work.run();
        failpoints.pass(point + ".after");
    }
}
