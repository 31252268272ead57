package io.holdfast.container;

import io.holdfast.linux.ProcessIdentity;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * All that a container may know of its sandbox.
 *
 * @param handler the runtime handler's name
 * @param networkNamespace the pinned namespace; empty is the host's
 * @param pause the process whose IPC and UTS (and, where shared, PID) namespaces are joined
 * @param hostIpc whether the pod is in the host's IPC namespace
 * @param hostUts whether the pod has the host's host name (it is on the host's network)
 * @param hostPid whether the pod's own PID namespace is the host's
 * @param cgroupParent the pod's cgroup, such as {@code /kubepods/burstable/pod1}; never empty
 * @param logDirectory the pod's log directory on the host; empty where it has none
 * @param files what the sandbox keeps for its containers on the host
 */
public record PodEnvironment(
        String sandboxId,
        String handler,
        Pod pod,
        Optional<Path> networkNamespace,
        ProcessIdentity pause,
        boolean hostIpc,
        boolean hostUts,
        boolean hostPid,
        String cgroupParent,
        Optional<Path> logDirectory,
        Files files) {

    /** The Kubernetes pod behind the sandbox. */
    public record Pod(
            String name,
            String namespace,
            String uid,
            String hostname,
            Map<String, String> annotations,
            boolean privileged) {
        public Pod {
            annotations = Map.copyOf(annotations);
        }
    }

    /** Files on the host that each container of the pod gets; {@code shm} is the pod's or the host's /dev/shm. */
    public record Files(Path resolvConf, Path hostname, Path shm) {}
}
