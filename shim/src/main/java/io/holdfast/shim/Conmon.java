package io.holdfast.shim;

import io.holdfast.container.OciRuntime.Output;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * conmon, one process a container: it runs the runtime's {@code create}, is then the parent of the container's first
 * process, writes its output as CRI log lines, and at its end its exit code. It needs no daemon once it runs.
 */
final class Conmon {
    private static final Duration CREATE = Duration.ofMinutes(2);
    /** How long it may take to write the last lines and the exit file once the container is dead. */
    private static final Duration END = Duration.ofSeconds(3);

    private final Handler handler;
    private final Machine machine;
    private final RuncCli cli;
    private final Remains remains;

    Conmon(Handler handler, Machine machine, RuncCli cli) {
        this.handler = handler;
        this.machine = machine;
        this.cli = cli;
        this.remains = new Remains(machine);
    }

    /** Starts a monitor, which waits before it creates the container. Its log's directory exists. */
    ConmonStart begin(ContainerFiles files, Output.Logged output) {
        return new ConmonStart(machine, handler.monitorCgroup(), files, argv(files, output));
    }

    /** Lets the monitor create the container, and answers the pid of the container's first process. */
    long create(ContainerFiles files, ConmonStart start) {
        ConmonStart.Answer answer = answer(files, start);
        if (answer.pid() <= 0) {
            throw cli.refusedCreate(files, answer.message());
        }
        return answer.pid();
    }

    /** The living monitor of a container; empty where it has ended. */
    Optional<ProcessIdentity> monitor(ContainerFiles files) {
        return ContainerFiles.pid(files.monitorPid()).stream()
                .mapToObj(ProcessIdentity::of)
                .flatMap(Optional::stream)
                .filter(process -> serves(process, files.id()))
                .findFirst();
    }

    /** Waits for the monitor of a container that is dead to end, and kills it with what it has started if it does not. */
    void end(ContainerFiles files) {
        Optional<ProcessIdentity> monitor = monitor(files);
        if (monitor.isPresent() && !machine.watch().awaitExit(monitor.get(), Deadline.remaining(END))) {
            remains.killMakers(files);
        }
    }

    private ConmonStart.Answer answer(ContainerFiles files, ConmonStart start) {
        try {
            return start.answer(Deadline.in(Deadline.remaining(CREATE)));
        } catch (Failure.TimedOut late) {
            remains.killMakers(files);
            throw new Failure.TimedOut(cli.doing("creating", files.id()) + ": " + late.getMessage(), late);
        } catch (Failure.Broken silent) {
            remains.killMakers(files);
            throw new Failure.Broken(cli.doing("creating", files.id()) + ": " + silent.getMessage(), silent);
        }
    }

    private List<String> argv(ContainerFiles files, Output.Logged output) {
        List<String> argv = new ArrayList<>(List.of(handler.conmon().toString(), "--api-version", "1"));
        argv.addAll(List.of("--cid", files.id(), "--cuuid", files.id(), "--name", files.id()));
        argv.addAll(List.of("--runtime", handler.binary().toString()));
        argv.addAll(List.of("--bundle", files.bundle().toString(), "--full-attach"));
        argv.addAll(List.of("--container-pidfile", files.initPid().toString()));
        argv.addAll(List.of("--conmon-pidfile", files.monitorPid().toString()));
        argv.addAll(List.of("--exit-dir", files.directory().toString()));
        argv.addAll(
                List.of("--log-path", output.log().map(log -> "k8s-file:" + log).orElse("none"), "--no-sync-log"));
        cli.globalArguments().forEach(argument -> argv.add("--runtime-arg=" + argument));
        argv.add("--runtime-arg=--log=" + files.runtimeLog());
        flag(argv, handler.systemdCgroup(), "--systemd-cgroup");
        flag(argv, output.tty(), "--terminal");
        flag(argv, output.stdin(), "--stdin");
        flag(argv, output.stdin() && !output.stdinOnce(), "--leave-stdin-open");
        return argv;
    }

    private static void flag(List<String> argv, boolean set, String flag) {
        if (set) {
            argv.add(flag);
        }
    }

    /** A pid file outlives its process: whoever has the pid now is the monitor only if it was started for this id. */
    private static boolean serves(ProcessIdentity process, String id) {
        List<String> arguments = Remains.arguments(process);
        return arguments.contains("--cid") && arguments.contains(id);
    }
}
