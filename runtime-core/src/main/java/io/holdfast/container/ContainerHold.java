package io.holdfast.container;

import java.nio.file.Path;
import java.util.List;

/** What a container holds outside of Holdfast. The plan lists them in the order of taking. */
sealed interface ContainerHold {
    /** A directory of ours with all that is in it. */
    record Directory(Path path) implements ContainerHold {}

    /** A log file below the pod's log directory: the monitor makes it, and its owner keeps it where there is anything in it. */
    record Log(Path directory, Path file) implements ContainerHold {}

    /** A writable snapshot of the image's layers, bottom first. */
    record Snapshot(String key, List<String> chain) implements ContainerHold {
        public Snapshot {
            chain = List.copyOf(chain);
        }
    }

    /** The snapshot, mounted as the container's root. */
    record Rootfs(String key, Path target) implements ContainerHold {}

    /** The control group, which the OCI runtime makes and may leave, and every process in it. */
    record Group(String cgroup) implements ContainerHold {}

    /** The container as the OCI runtime of this handler knows it: its first process, and its monitor. */
    record Runtime(String handler, OciRuntime.Request request) implements ContainerHold {}
}
