package io.holdfast.container;

import io.holdfast.linux.Cgroup;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * An OCI runtime that runs plain processes in real control groups, without namespaces. It is the world outside of the
 * daemon: it and its processes live on when an owner is given up.
 */
final class FakeRuntime implements OciRuntime {
    private record Known(Process process, Request request) {}

    private final Cgroup cgroup;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final List<String> updates = new ArrayList<>();
    private volatile List<String> program = List.of("sleep", "600");
    private volatile boolean refusesToStart;
    private volatile boolean refusesToWatch;

    FakeRuntime(Cgroup cgroup) {
        this.cgroup = cgroup;
    }

    /** What containers made from now on run. */
    void runs(String... argv) {
        program = List.of(argv);
    }

    /** As a real one does whose program turns out not to be there. */
    void refusesToStart() {
        refusesToStart = true;
    }

    void refusesToWatch() {
        refusesToWatch = true;
    }

    boolean isAlive(String id) {
        return known.get(id).process().isAlive();
    }

    Set<String> ids() {
        return Set.copyOf(known.keySet());
    }

    void kill(String id) {
        Optional.ofNullable(known.get(id))
                .ifPresent(container -> awaited(container.process().destroyForcibly()));
    }

    List<String> updates() {
        return updates;
    }

    @Override
    public Making begin(Request request) {
        return new Making() {
            @Override
            public ProcessIdentity create() {
                return made(request);
            }

            @Override
            public void close() {}
        };
    }

    private ProcessIdentity made(Request request) {
        if (known.containsKey(request.id())) {
            throw new Failure.Broken("there is a container " + request.id());
        }
        List<String> argv = new ArrayList<>(List.of("sh", "-c", "read go && exec \"$@\"", "sh"));
        argv.addAll(program);
        try {
            Process process = new ProcessBuilder(argv)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            known.put(request.id(), new Known(process, request));
            cgroup.create(request.cgroup());
            cgroup.place(request.cgroup(), process.pid());
            return ProcessIdentity.of(process.pid()).orElseThrow();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void start(String id) {
        Known container = known.get(id);
        if (refusesToStart) {
            throw new Failure.Invalid("starting " + id + ": no such program");
        }
        if (container == null || !container.process().isAlive()) {
            throw new Failure.WrongState("there is no container " + id + " to start");
        }
        try {
            container.process().getOutputStream().write("go\n".getBytes(StandardCharsets.UTF_8));
            container.process().getOutputStream().flush();
        } catch (IOException endedMeanwhile) {
            // It has read its line before: success where it runs already.
            if (!container.process().isAlive()) {
                throw new Failure.WrongState("container " + id + " has ended", endedMeanwhile);
            }
        }
    }

    @Override
    public void onExit(Request request, ProcessIdentity init, Consumer<Exit> then) {
        if (refusesToWatch) {
            throw new Failure.Broken("watching fails on purpose");
        }
        Known container = known.get(request.id());
        if (container == null) {
            Thread.ofVirtual().start(() -> then.accept(new Exit(255, Instant.now(), Optional.of("never heard of"))));
            return;
        }
        Thread.ofVirtual().name("fake-exit").start(() -> {
            int code = awaited(container.process());
            then.accept(new Exit(code, Instant.now(), Optional.empty()));
        });
    }

    /** Not by the common pool, whose only thread may be waiting for a lock that the caller holds. */
    private static int awaited(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void delete(Request request) {
        Known container = known.get(request.id());
        if (container != null) {
            awaited(container.process().destroyForcibly());
            known.remove(request.id());
        }
        for (int i = 0; i < 100 && !cgroup.processes(request.cgroup()).isEmpty(); i++) {
            cgroup.kill(request.cgroup(), Fixture.KERNEL);
        }
        cgroup.remove(request.cgroup());
    }

    @Override
    public ExecResult exec(Request request, Exec exec) {
        return new ExecResult(0, exec.processJson().getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    @Override
    public void reopenLog(Request request) {
        throw new Failure.Unavailable("no monitor answers");
    }

    @Override
    public void update(String id, String resourcesJson) {
        updates.add(resourcesJson);
    }

    @Override
    public Features features() {
        return new Features("fake 1", List.of(), false, Map.of());
    }
}
