package io.holdfast.sandbox;

import io.holdfast.cni.Attachment;
import java.nio.file.Path;

/** What a sandbox takes hold of outside itself, in the order of its plan. Each names all that its release needs. */
public sealed interface SandboxHold {
    /** A directory with the files that the pod's containers are given. */
    record Directory(Path path) implements SandboxHold {}

    /** A cgroup of our own making, where the kubelet gave none. */
    record Group(String cgroup) implements SandboxHold {}

    /** A new network namespace, pinned by a mount at this path. */
    record NetNs(Path path) implements SandboxHold {}

    /** The pod's /dev/shm: a tmpfs at this path. */
    record Shm(Path path) implements SandboxHold {}

    /** The pod's network: the very config that CNI ADD runs with is in the attachment, for DEL. */
    record Network(Attachment attachment) implements SandboxHold {}

    /** The pause process, under the sandbox's id at the OCI runtime. */
    record Pause(Path bundle, String cgroup) implements SandboxHold {}
}
