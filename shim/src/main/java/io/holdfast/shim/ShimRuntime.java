package io.holdfast.shim;

import io.holdfast.container.Exit;
import io.holdfast.container.OciRuntime;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** An OCI runtime's command line, with conmon where there is output to keep, behind the port. */
public final class ShimRuntime implements OciRuntime {
    private final Machine machine;
    private final RuncCli cli;
    private final Conmon conmon;
    private final ExitFiles exits;
    private final Execs execs;
    private final Remains remains;
    private final RuntimeFeatures features;
    private final ReadBack readBack;

    public ShimRuntime(Handler handler, Kernel kernel, ProcessWatch watch, Subprocess subprocess, Cgroup cgroup) {
        this.machine = new Machine(kernel, watch, subprocess, cgroup);
        this.cli = new RuncCli(handler, subprocess);
        this.conmon = new Conmon(handler, machine, cli);
        this.exits = new ExitFiles(watch, conmon);
        this.execs = new Execs(machine, cli);
        this.remains = new Remains(machine);
        this.features = new RuntimeFeatures(handler.binary(), cli);
        this.readBack = new ReadBack(cgroup);
    }

    @Override
    public Making begin(Request request) {
        ContainerFiles files = ContainerFiles.of(request);
        files.prepare();
        Optional<ConmonStart> monitor = request.output() instanceof Output.Logged logged
                ? Optional.of(conmon.begin(files, logged))
                : Optional.empty();
        return new Making() {
            @Override
            public ProcessIdentity create() {
                long pid = monitor.map(start -> conmon.create(files, start)).orElseGet(() -> createUnmonitored(files));
                return readBack(request, pid);
            }

            @Override
            public void close() {
                monitor.ifPresent(ConmonStart::close);
            }
        };
    }

    /** Before its program runs, and before anybody relies on the group to find it. */
    private ProcessIdentity readBack(Request request, long pid) {
        ProcessIdentity init = ProcessIdentity.of(pid)
                .orElseThrow(() -> new Failure.Broken(cli.doing("creating", request.id()) + ": its first process ("
                        + pid + ") has ended already; was it killed?"));
        List<String> missing = features.ofThisKernel() ? readBack.missing(request, init) : List.of();
        if (!missing.isEmpty()) {
            init.signal(machine.kernel(), Kernel.SIGKILL);
            throw new Failure.Broken(cli.doing("creating", request.id()) + ": its first process (" + init.pid()
                    + ") is not what was asked for and was killed: " + String.join(", ", missing)
                    + "; use another version of the runtime");
        }
        return init;
    }

    @Override
    public void start(String id) {
        cli.start(id);
    }

    @Override
    public void onExit(Request request, ProcessIdentity init, Consumer<Exit> then) {
        machine.watch().onExit(init, () -> then.accept(exit(request)));
    }

    @Override
    public void delete(Request request) {
        ContainerFiles files = ContainerFiles.of(request);
        remains.kill(request.cgroup());
        conmon.end(files);
        if (files.mayBeInTheMaking()) {
            remains.killMakers(files);
        }
        // A create that was under way may have started something since.
        remains.kill(request.cgroup());
        cli.delete(files.id());
        machine.cgroup().remove(request.cgroup());
    }

    @Override
    public ExecResult exec(Request request, Exec exec) {
        return execs.run(request, exec);
    }

    @Override
    public void reopenLog(Request request) {
        if (request.output() instanceof Output.Logged logged) {
            logged.log().ifPresent(log -> new LogReopen(machine.kernel(), ContainerFiles.of(request), log).run());
        }
    }

    @Override
    public void update(String id, String resourcesJson) {
        cli.update(id, resourcesJson);
    }

    @Override
    public Features features() {
        return features.read();
    }

    private long createUnmonitored(ContainerFiles files) {
        cli.create(files);
        return ContainerFiles.pid(files.initPid())
                .orElseThrow(() -> new Failure.Broken(cli.doing("creating", files.id()) + ": it said that it did, but "
                        + files.initPid() + " holds no pid"));
    }

    /** Never fails: an exit that nobody is told of would leave a dead container running for ever. */
    private Exit exit(Request request) {
        try {
            return switch (request.output()) {
                case Output.Nowhere nowhere ->
                    ExitFiles.unknown("it ran without a monitor, which alone would know its exit code");
                case Output.Logged logged -> exits.await(ContainerFiles.of(request));
            };
        } catch (RuntimeException failed) {
            return ExitFiles.unknown("its exit code could not be read: " + failed.getMessage());
        }
    }
}
