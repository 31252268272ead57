package io.holdfast.sandbox;

import io.holdfast.oci.CgroupName;
import java.nio.file.Path;

/**
 * Where the things of a sandbox are.
 *
 * @param state the daemon's state directory, on a file system that a reboot empties
 */
public record SandboxPaths(Path state) {
    private static final String OWN_CGROUPS = "/holdfast/";

    Path directory(String id) {
        return state.resolve("sandboxes").resolve(id);
    }

    Path shm(String id) {
        return directory(id).resolve("shm");
    }

    Path bundle(String id) {
        return directory(id).resolve("pause");
    }

    public Path netns(String id) {
        return state.resolve("netns").resolve(id);
    }

    /** The cgroup that all of the pod is in: the kubelet's, or one of ours where it gave none. */
    String cgroupParent(String id, SandboxConfig config) {
        return config.cgroupParent().isEmpty() ? ownCgroup(id) : config.cgroupParent();
    }

    String ownCgroup(String id) {
        return OWN_CGROUPS + id;
    }

    String pauseCgroup(String id, SandboxConfig config) {
        return new CgroupName(cgroupParent(id, config), id).inTree();
    }
}
