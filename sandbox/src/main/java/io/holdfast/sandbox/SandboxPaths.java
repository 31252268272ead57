package io.holdfast.sandbox;

import io.holdfast.oci.CgroupName;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the things of a sandbox are.
 *
 * @param state the daemon's state directory, on a file system that a reboot empties
 * @param systemdCgroups whether systemd makes the cgroups, so that a parent has to be a slice of its
 */
public record SandboxPaths(Path state, boolean systemdCgroups) {
    private static final String OWN_CGROUPS = "/holdfast/";
    /** One for all such pods: systemd would keep a slice of each pod's own for ever. */
    private static final String OWN_SLICE = "holdfast.slice";

    Path directories() {
        return state.resolve("sandboxes");
    }

    Path directory(String id) {
        return directories().resolve(id);
    }

    /** Below it, the roots of pause images are mounted. */
    Path pauseMounts() {
        return state.resolve("pause");
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

    /** The cgroup that all of the pod is in, as {@link CgroupName} has parents: the kubelet's, or ours where it gave none. */
    String cgroupParent(String id, SandboxConfig config) {
        if (!config.cgroupParent().isEmpty()) {
            return config.cgroupParent();
        }
        return systemdCgroups ? OWN_SLICE : OWN_CGROUPS + id;
    }

    /** Where the group is in the kernel's tree that all of the pod and nothing else is in; none in a slice for all. */
    Optional<String> podGroup(String id, SandboxConfig config) {
        return config.cgroupParent().isEmpty() && systemdCgroups
                ? Optional.empty()
                : Optional.of(new CgroupName(cgroupParent(id, config), id).parentInTree());
    }

    /** The group that we make for a pod without a parent, and remove; none where systemd makes what is needed. */
    Optional<String> ownGroup(String id) {
        return systemdCgroups ? Optional.empty() : Optional.of(OWN_CGROUPS + id);
    }

    String pauseCgroup(String id, SandboxConfig config) {
        return new CgroupName(cgroupParent(id, config), id).inTree();
    }

    /** An OCI runtime given a parent of the other driver's form refuses it, or makes a group where nobody looks. */
    void requireFittingParent(SandboxConfig config) {
        String parent = config.cgroupParent();
        if (!parent.isEmpty() && new CgroupName(parent, "").systemd() != systemdCgroups) {
            throw new Failure.Invalid("config.linux.cgroup_parent: " + parent
                    + (systemdCgroups
                            ? " is no slice, and the cgroup driver here is systemd: it must end in .slice"
                            : " is a slice of systemd, and the cgroup driver here is cgroupfs: it must be a path")
                    + "; or set cgroup_driver in Holdfast's configuration to what the kubelet has");
        }
    }
}
