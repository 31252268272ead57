package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitsTest {
    @TempDir
    Path directory;

    /** Plain files in place of control groups, which can be made such that they cannot be read. */
    @Test
    void anExitIsRecordedAlsoWhenTheGroupCannotBeRead() throws Exception {
        Path groups = Files.createDirectory(directory.resolve("groups"));
        Files.createFile(groups.resolve("cgroup.controllers"));
        try (Fixture node = new Fixture(directory, groups)) {
            Containers containers = node.owner();
            String id = node.running();
            Path processes = node.cgroup()
                    .directory("", containers.find(id).cgroup())
                    .orElseThrow()
                    .resolve("cgroup.procs");
            Files.delete(processes);
            Files.createDirectory(processes);
            Files.createFile(processes.resolve("keeps-it"));

            node.runtime.kill(id);
            try {
                assertThat(node.exited(id).exit().code()).isEqualTo(137);
                containers.stop(id, Duration.ZERO);
            } finally {
                Files.delete(processes.resolve("keeps-it"));
                Files.delete(processes);
            }
        }
    }
}
