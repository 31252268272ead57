package io.holdfast.container;

import io.holdfast.linux.ProcessIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The port to an OCI runtime (runc, crun and their kin) and the monitor that keeps a container's output. One instance a
 * runtime handler. Ids are ours; a bundle is a directory with config.json as of OCI runtime-spec 1.2.
 *
 * <p>Every verb but {@link #create} is idempotent, and none holds a lock while a process runs.
 */
public interface OciRuntime {
    /** What becomes of stdin, stdout and stderr. */
    sealed interface Output {
        /** All three are /dev/null and there is no monitor: for the pause process. */
        record Nowhere() implements Output {}

        /** A monitor writes CRI log lines into the file, also while the daemon is down. Empty: the output is thrown away. */
        record Logged(Optional<Path> log, boolean stdin, boolean stdinOnce, boolean tty) implements Output {}
    }

    /**
     * What can be created.
     *
     * @param cgroup the group of the spec, in the form of {@link io.holdfast.linux.Cgroup}
     * @param monitorDirectory where the monitor may keep its own files; belongs to the container
     */
    record Request(String id, Path bundle, Path monitorDirectory, String cgroup, Output output) {}

    /** A program in a running container. The process is OCI's process object as JSON. */
    record Exec(String processJson, int outputCap, Optional<Duration> limit) {}

    /** How an exec ended; output beyond the cap is read and dropped. */
    record ExecResult(int exitCode, byte[] stdout, byte[] stderr) {}

    /**
     * What the runtime says that it can do ({@code features}); empty lists where it has no such verb.
     *
     * @param mountOptions the mount options it knows, such as {@code rro}
     * @param idmapMounts whether it can map ids of mounts
     */
    record Features(String version, List<String> mountOptions, boolean idmapMounts, Map<String, String> annotations) {}

    /**
     * Makes the container; its first process waits for {@link #start}. After a failure nothing is left but what
     * {@link #delete} removes.
     */
    ProcessIdentity create(Request request);

    /** Lets the first process run its program. */
    void start(String id);

    /**
     * Calls {@code then} once, on a thread of its own, when the first process has ended and how is known, or cannot
     * become known. Also for a process that ended while no daemon ran.
     */
    void onExit(Request request, ProcessIdentity init, Consumer<Exit> then);

    /** Kills what is left of the container, of its monitor and of what the runtime remembers; success where nothing is. */
    void delete(Request request);

    /** Runs a program in the container to its end, and kills just that program's processes at the limit. */
    ExecResult exec(String id, Exec exec);

    /** Makes the monitor open its log file anew, after it was rotated. */
    void reopenLog(Request request);

    /** Changes the limits. The argument is OCI's linux.resources object as JSON. */
    void update(String id, String resourcesJson);

    Features features();
}
