package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.OwnDirectory;
import io.holdfast.metadata.Database;
import io.holdfast.oci.Bundle;
import io.holdfast.oci.Spec;
import io.holdfast.snapshot.OverlaySnapshotter;
import io.holdfast.work.Failpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PauseMountsTest {
    @TempDir
    private Path temp;

    private Database database;
    private OverlaySnapshotter snapshotter;
    private SandboxPaths paths;

    @BeforeEach
    void open() {
        database = Database.open(temp.resolve("db"), Failpoints.none());
        snapshotter = new OverlaySnapshotter(new Kernel(), temp.resolve("snapshots"), database);
        paths = new SandboxPaths(temp.resolve("run"), false);
    }

    @AfterEach
    void close() {
        snapshotter.snapshots().forEach(key -> snapshotter.unmount(target(key)));
        database.close();
    }

    @Test
    void rootsOfPauseImagesThatNoSandboxRunsOnAreReleased() throws IOException {
        List.of("pause-old", "pause-used", "container-a").forEach(this::mount);
        Bundle.write(OwnDirectory.make(paths.bundle("5a")), spec(target("pause-used")));
        Files.createDirectories(paths.directory("b6"));
        new PauseMounts(snapshotter, paths).releaseUnused();
        assertThat(snapshotter.snapshots()).containsExactlyInAnyOrder("pause-used", "container-a");
        assertThat(target("pause-old")).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .contains(target("pause-used").toString())
                .doesNotContain(target("pause-old").toString());
    }

    @Test
    void withoutAnySandboxAllOfThemGo() {
        mount("pause-old");
        new PauseMounts(snapshotter, paths).releaseUnused();
        assertThat(snapshotter.snapshots()).isEmpty();
        new PauseMounts(snapshotter, paths).releaseUnused();
    }

    private void mount(String key) {
        snapshotter.prepare(key, List.of());
        snapshotter.mount(key, OwnDirectory.make(target(key)));
    }

    private Path target(String key) {
        return paths.pauseMounts().resolve(key);
    }

    private static Spec spec(Path root) {
        SandboxConfig config = SandboxRig.config();
        Sandbox sandbox = new Sandbox(
                "5a",
                config,
                "",
                "crun",
                Instant.EPOCH,
                "boot",
                new SandboxState.Assembling(Instant.EPOCH),
                List.of(),
                Optional.empty());
        KernelKeepers.Machine machine =
                new KernelKeepers.Machine(new Kernel(), Cgroup.at(Path.of("/sys/fs/cgroup")), 0, "x86_64", false);
        return PauseSpec.of(
                sandbox,
                new PauseProgram(root, List.of("/pause"), List.of(), 0, 0),
                new SandboxPaths(Path.of("/run/x"), false),
                machine);
    }
}
