package io.holdfast.container;

import java.nio.file.Path;
import java.util.List;

/** Where everything of a container is: follows from its id, so that what no record names is found as well. */
record ContainerPlan(Path root, Path state, String id) {
    private static final String DIRECTORY = "containers";

    static Path under(Path top) {
        return top.resolve(DIRECTORY);
    }

    /** Survives a reboot: what the container has written into its volumes. */
    Path kept() {
        return under(root).resolve(id);
    }

    Path volumes() {
        return kept().resolve("volumes");
    }

    /** Gone after a reboot, as the container's process is. */
    Path bundle() {
        return under(state).resolve(id);
    }

    Path rootfs() {
        return bundle().resolve("rootfs");
    }

    Path monitor() {
        return bundle().resolve("monitor");
    }

    String snapshot() {
        return SNAPSHOT_PREFIX + id;
    }

    /** What tells our snapshots from those of sandboxes. */
    static final String SNAPSHOT_PREFIX = "container-";

    OciRuntime.Request request(String cgroup, OciRuntime.Output output) {
        return new OciRuntime.Request(id, bundle(), monitor(), cgroup, output);
    }

    /** Taken first. */
    List<ContainerHold> directories() {
        return List.of(new ContainerHold.Directory(kept()), new ContainerHold.Directory(bundle()));
    }

    /** What has to be there before the container's spec can be composed. */
    List<ContainerHold> root(List<String> chain) {
        return List.of(new ContainerHold.Snapshot(snapshot(), chain), new ContainerHold.Rootfs(snapshot(), rootfs()));
    }

    /** The rest of the holds, taken once the spec is written. */
    List<ContainerHold> process(String handler, OciRuntime.Request request) {
        return List.of(new ContainerHold.Group(request.cgroup()), new ContainerHold.Runtime(handler, request));
    }
}
