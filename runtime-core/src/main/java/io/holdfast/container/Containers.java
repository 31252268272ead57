package io.holdfast.container;

import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The containers of this node and CRI's verbs on them. Ids are whole ids; only {@link #find} takes a prefix.
 *
 * <p>Reading never waits for a verb.
 */
public final class Containers implements AutoCloseable {
    /**
     * Makes a container, which waits for {@link #start}, and answers its id. A request of the same sandbox, name and
     * attempt joins one that is under way, and is answered the same id while that container is Created and the request
     * is the same.
     *
     * @throws Failure.AlreadyExists where another container has the name and attempt; the message names its id
     * @throws Failure.NotFound where the image is not here; it has to be pulled first
     */
    public String create(PodEnvironment pod, ContainerConfig config) {
        throw absent(pod.sandboxId() + config.name());
    }

    /**
     * Lets a Created container run.
     *
     * @throws Failure.WrongState in any other state
     */
    public void start(String id) {
        throw absent(id);
    }

    /**
     * Stops a container: its stop signal, then SIGKILL at the end of the grace, which is at once where that is zero or
     * negative. Returns when it has exited; success where it has already. The shortest grace of several calls counts.
     *
     * @throws Failure.Broken where a process does not die even so
     */
    public void stop(String id, Duration grace) {
        throw absent(id);
    }

    /** Removes the container, which is killed where it runs. */
    public void remove(String id) {
        throw absent(id);
    }

    /**
     * The container of this id, or of the only id that begins so.
     *
     * @throws Failure.Invalid where several do
     */
    public Container find(String idOrPrefix) {
        throw absent(idOrPrefix);
    }

    /** Every container, newest first, but none that is only being made. */
    public List<Container> list() {
        return List.of();
    }

    /** Every container of a sandbox, as {@link #list} has it. */
    public List<Container> of(String sandboxId) {
        return List.of();
    }

    /** Stops every container of a sandbox, side by side, also such as are still being made. */
    public void stopAll(String sandboxId, Duration grace) {
        throw absent(sandboxId);
    }

    /** Removes every container of a sandbox. */
    public void removeAll(String sandboxId) {
        throw absent(sandboxId);
    }

    /** Runs a program in a running container to its end. */
    public OciRuntime.ExecResult exec(String id, List<String> command, Optional<Duration> limit) {
        throw absent(id);
    }

    /** Changes what a Created or Running container may use; what is not set in {@code change} stays. */
    public void update(String id, Resources change) {
        throw absent(id);
    }

    /** Has the log file of a running container opened anew, after it was rotated. */
    public void reopenLog(String id) {
        throw absent(id);
    }

    public ContainerUsage usage(String id) {
        throw absent(id);
    }

    /** Takes up every container that is on record; called once, before the first verb. Never fails for one of them. */
    public void recover() {}

    /** Ends the background work; the containers live on. */
    @Override
    public void close() {}

    private static Failure absent(String id) {
        return new Failure.NotFound("container " + id + " does not exist");
    }
}
