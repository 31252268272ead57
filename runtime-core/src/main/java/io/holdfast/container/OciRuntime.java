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
 * <p>Every verb but {@link #create} and {@link #exec} is idempotent, and none holds a lock while a process runs. All of
 * them keep the caller's {@link io.holdfast.work.Deadline}: what they have started is dead when they fail with {@link
 * io.holdfast.work.Failure.TimedOut}. What the runtime itself says of a failure is part of the failure's message.
 *
 * <p>An instance has no memory: all that a later daemon needs in order to go on stands in the request's directories,
 * which must keep their names while the container exists.
 */
public interface OciRuntime {
    /** What becomes of stdin, stdout and stderr. */
    sealed interface Output {
        /** All three are /dev/null and there is no monitor, so that no exit code is kept: for the pause process. */
        record Nowhere() implements Output {}

        /**
         * A monitor writes CRI log lines into the file, also while the daemon is down. Empty: the output is thrown
         * away. The file's directory must exist.
         */
        record Logged(Optional<Path> log, boolean stdin, boolean stdinOnce, boolean tty) implements Output {}
    }

    /**
     * What can be created.
     *
     * @param bundle holds config.json; the monitor puts its sockets and fifos beside it
     * @param monitorDirectory where the exit file, pid files and the runtime's log are kept; belongs to this container
     *     alone and is made where it is missing
     * @param cgroup the group of the spec, in the form of {@link io.holdfast.linux.Cgroup}; this container's alone,
     *     since all that is in it is killed by {@link #delete}
     */
    record Request(String id, Path bundle, Path monitorDirectory, String cgroup, Output output) {}

    /**
     * A program in a running container; stdin is /dev/null. The process is OCI's process object as JSON.
     *
     * @param outputCap the most bytes kept of stdout and stderr together; half of it is each one's own
     */
    record Exec(String processJson, int outputCap, Optional<Duration> limit) {}

    /** How an exec ended; output beyond the cap was read and dropped. */
    record ExecResult(int exitCode, byte[] stdout, byte[] stderr) {}

    /**
     * What the runtime says that it can do ({@code features}); empty lists where it has no such verb.
     *
     * @param version name and version, such as {@code crun 1.8.1}
     * @param mountOptions the mount options it knows, such as {@code rro}
     * @param idmapMounts whether it can map ids of mounts
     */
    record Features(String version, List<String> mountOptions, boolean idmapMounts, Map<String, String> annotations) {}

    /** A create that has begun. Has to be closed, which gives it up where {@link #create} was not called. */
    interface Making extends AutoCloseable {
        /**
         * Makes the container of the bundle, which is whole by now. As {@link OciRuntime#create}; once.
         */
        ProcessIdentity create();

        @Override
        void close();
    }

    /**
     * Begins a create: what needs no bundle yet, the monitor's own start say, goes on while the caller writes it. The
     * directories of the bundle and of the log exist. What goes wrong meanwhile, {@link Making#create} throws.
     */
    Making begin(Request request);

    /**
     * Makes the container; its first process waits for {@link #start}. After a failure nothing is left but what
     * {@link #delete} removes.
     *
     * @throws io.holdfast.work.Failure.Invalid where the container's command cannot be run: it is not there, or is no
     *     program. Some runtimes find that out only when they start it
     * @throws io.holdfast.work.Failure.Broken for everything else that the runtime refuses
     */
    default ProcessIdentity create(Request request) {
        try (Making making = begin(request)) {
            return making.create();
        }
    }

    /**
     * Lets the first process run its program; success where it runs already.
     *
     * @throws io.holdfast.work.Failure.WrongState where the first process has ended, or the runtime knows no such id
     */
    void start(String id);

    /**
     * Calls {@code then} once, on a thread of its own, when the first process has ended and how is known, or cannot
     * become known (the exit carries a doubt then). Also for a process that ended while no daemon ran. The exit's time
     * is the monitor's record of it, which may lie a little before the moment at which {@link #start} returned.
     */
    void onExit(Request request, ProcessIdentity init, Consumer<Exit> then);

    /**
     * Kills what is left of the container and of its monitor and makes the runtime forget it; success where nothing is.
     * The request's directories stay, for their owner to remove.
     */
    void delete(Request request);

    /**
     * Runs a program in the container to its end. At the limit, or the caller's deadline, just that program's processes
     * are killed. A background process that keeps the output open delays the result by no more than a few seconds.
     *
     * @throws io.holdfast.work.Failure.TimedOut at the limit, or where there was no memory for its output before that
     * @throws io.holdfast.work.Failure.WrongState where the container is not running
     * @throws io.holdfast.work.Failure.Invalid where the command is not there, or is no program
     */
    ExecResult exec(Request request, Exec exec);

    /**
     * Makes the monitor open its log file anew, after it was rotated; the new file is there on return.
     *
     * @throws io.holdfast.work.Failure.Unavailable where no monitor answers
     */
    void reopenLog(Request request);

    /** Changes the limits. The argument is OCI's linux.resources object as JSON. */
    void update(String id, String resourcesJson);

    /** Asks the runtime anew only when its binary has changed. */
    Features features();
}
