package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupTest {
    @TempDir
    Path directory;

    /** A frozen group of cgroup v1 is what a process is like that waits for a dead disk: no signal reaches it. */
    @Test
    void itIsSaidWhatAProcessThatCannotBeKilledWaitsFor() throws Exception {
        try (Fixture node = new Fixture(directory)) {
            Containers containers = node.owner();
            String id = node.running();
            Group group = new Group(node.parts(), containers.find(id).cgroup());
            freeze(node, containers.find(id).cgroup(), true);
            try {
                boolean emptied = group.empty(Duration.ofMillis(200));
                assertThat(emptied).isEqualTo(node.cgroup().unified());
                assertThat(group.whyAlive()).contains(emptied ? "0 are left" : "(state D");
            } finally {
                freeze(node, containers.find(id).cgroup(), false);
            }
            assertThat(group.empty(Duration.ofSeconds(10))).isTrue();
            assertThat(node.exited(id).exit().code()).isEqualTo(137);
        }
    }

    private static void freeze(Fixture node, String cgroup, boolean on) throws IOException {
        Path group = node.cgroup().directory("freezer", cgroup).orElseThrow();
        if (node.cgroup().unified()) {
            Files.writeString(group.resolve("cgroup.freeze"), on ? "1" : "0");
            return;
        }
        String wanted = on ? "FROZEN" : "THAWED";
        Files.writeString(group.resolve("freezer.state"), wanted);
        while (!Files.readString(group.resolve("freezer.state")).strip().equals(wanted)) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
