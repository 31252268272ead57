package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The check for what is left behind sees what there is to leave. */
@Conformance
@Tag("holdfast")
class FootprintTest {
    @Test
    void everythingThatAPodHasIsATrace(Node node, Rig rig) {
        var daemon = rig.daemon().orElseThrow();
        var before = new TreeSet<>(Footprint.now());
        before.addAll(daemon.traces());
        var pod = node.pod();
        var container = pod.run();
        var after = new TreeSet<>(Footprint.now());
        after.addAll(daemon.traces());
        after.removeAll(before);
        assertThat(after)
                .anyMatch(trace -> trace.matches("mount .*/netns/" + pod.id() + " of .*"))
                .anyMatch(trace -> trace.matches("cgroup .*" + container.id()))
                .anyMatch(trace -> trace.matches("process \\d+ sleep 3600 .*" + container.id() + ".*"))
                .anyMatch(trace ->
                        trace.matches("link veth.* master " + daemon.network().bridge()))
                .anyMatch(trace -> trace.matches("address " + pod.ip() + " in .*"))
                .anyMatch(trace -> trace.matches(".*/root/snapshots/\\d+/work"));
        assertThat(Stream.of("run/sandboxes/" + pod.id(), "run/netns/" + pod.id(), "root/containers/" + container.id()))
                .allMatch(path -> after.stream().anyMatch(trace -> trace.endsWith(path)));
        assertThat(after)
                .anyMatch(trace -> trace.contains("held in") && trace.contains("sandbox " + pod.id()))
                .anyMatch(trace -> trace.contains("held in") && trace.contains("container " + container.id()));
    }
}
