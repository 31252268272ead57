package io.holdfast.container;

import io.holdfast.oci.Bundle;
import io.holdfast.oci.CgroupName;
import io.holdfast.work.Deadline;
import io.holdfast.work.Holds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in our own directories and no record names: after the database was lost, say. Its plan follows from the
 * id, and it is released as any container is.
 */
final class Garbage {
    private static final Logger LOG = LoggerFactory.getLogger(Garbage.class);
    private static final Duration EACH = Duration.ofMinutes(2);

    private final Containers.Parts parts;

    Garbage(Containers.Parts parts) {
        this.parts = parts;
    }

    /**
     * Releases, in the background, all that is there now and not of these ids; what will not go is left for the next
     * start.
     */
    void sweep(Set<String> known) {
        try {
            Set<String> ids = standing();
            ids.removeAll(known);
            Thread.ofVirtual()
                    .name("garbage")
                    .start(() -> ids.forEach(id -> Deadline.own(EACH, () -> releaseOrLeave(id))));
        } catch (RuntimeException failed) {
            LOG.error(
                    "What is left of containers without a record cannot be found; the next start looks again", failed);
        }
    }

    private Set<String> standing() {
        Set<String> ids = new TreeSet<>(names(ContainerPlan.under(parts.root())));
        ids.addAll(names(ContainerPlan.under(parts.state())));
        parts.snapshotter().snapshots().stream()
                .filter(key -> key.startsWith(ContainerPlan.SNAPSHOT_PREFIX))
                .map(key -> key.substring(ContainerPlan.SNAPSHOT_PREFIX.length()))
                .forEach(ids::add);
        return ids;
    }

    private void releaseOrLeave(String id) {
        LOG.warn("No record names container {}: what is left of it is removed", id);
        try {
            Holds.Left<ContainerHold> left =
                    new Holds<>(new ContainerKeeper(parts), parts.failpoints()).release(holds(id));
            left.why().ifPresent(why -> LOG.error("What is left of container {} cannot be removed", id, why));
        } catch (RuntimeException failed) {
            LOG.error("What is left of container {} cannot be removed", id, failed);
        }
    }

    /** Which handler it was for nobody remembers: each is asked to forget it. */
    private List<ContainerHold> holds(String id) {
        ContainerPlan plan = new ContainerPlan(parts.root(), parts.state(), id);
        List<ContainerHold> holds = new ArrayList<>(plan.directories());
        holds.addAll(plan.root(List.of()));
        Bundle.find(plan.bundle()).ifPresent(spec -> {
            String cgroup = CgroupName.inTree(spec.linux().cgroupsPath());
            OciRuntime.Request request = plan.request(cgroup, new OciRuntime.Output.Nowhere());
            holds.add(new ContainerHold.Group(cgroup));
            parts.handlers().keySet().forEach(handler -> holds.add(new ContainerHold.Runtime(handler, request)));
        });
        return holds;
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString()).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException("listing " + directory, failed);
        }
    }
}
