package io.holdfast.container;

import io.holdfast.oci.Bundle;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What can be asked of a container that runs. None of it changes its state, so none of it takes the verbs' lock. */
final class RunningContainers {
    /** The most output that CRI's ExecSync keeps. A kubelet takes no message above 16 MiB, and there is more in one. */
    private static final int EXEC_OUTPUT = (16 << 20) - (64 << 10);

    private final Containers.Parts parts;
    private final ContainerTable table;

    RunningContainers(Containers.Parts parts, ContainerTable table) {
        this.parts = parts;
        this.table = table;
    }

    OciRuntime.ExecResult exec(LiveContainer live, List<String> command, Optional<Duration> limit) {
        requireRunning(live, "running a program in");
        OciRuntime.Request request = request(live);
        String process = ProcessObject.of(Bundle.process(request.bundle()), command, false);
        return handler(live).exec(request, new OciRuntime.Exec(process, EXEC_OUTPUT, limit));
    }

    void update(LiveContainer live, Resources change) {
        live.limiting(() -> {
            requireAlive(live);
            Resources changed = live.container().config().resources().changedBy(change);
            handler(live).update(live.id(), Limits.update(change, parts.machine()));
            table.change(live, record -> record.with(record.container().with(changed)));
            return live;
        });
    }

    void reopenLog(LiveContainer live) {
        requireRunning(live, "reopening the log of");
        if (live.container().logPath().isPresent()) {
            handler(live).reopenLog(request(live));
        }
    }

    Optional<String> spec(LiveContainer live) {
        return live.record()
                .runtime()
                .flatMap(held -> Bundle.text(held.request().bundle()));
    }

    private OciRuntime handler(LiveContainer live) {
        return parts.handler(live.container().handler());
    }

    private static OciRuntime.Request request(LiveContainer live) {
        return live.record()
                .runtime()
                .orElseThrow(() -> new Failure.WrongState("container " + live.id() + " is being removed"))
                .request();
    }

    private static void requireRunning(LiveContainer live, String doing) {
        if (!(live.state() instanceof ContainerState.Running)) {
            throw wrong(live, doing, "must be Running");
        }
    }

    private static void requireAlive(LiveContainer live) {
        if (!live.state().mayRun()) {
            throw wrong(live, "changing the resources of", "must be Created or Running");
        }
    }

    private static Failure wrong(LiveContainer live, String doing, String required) {
        return new Failure.WrongState(doing + " container " + live.id() + ": it is "
                + live.state().getClass().getSimpleName() + " and " + required);
    }
}
