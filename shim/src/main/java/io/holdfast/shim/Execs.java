package io.holdfast.shim;

import io.holdfast.container.OciRuntime.Exec;
import io.holdfast.container.OciRuntime.ExecResult;
import io.holdfast.container.OciRuntime.Request;
import io.holdfast.linux.FreshThread;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.List;

/** Programs run in running containers by the runtime's {@code exec}, with no monitor between. */
final class Execs {
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Machine machine;
    private final RuncCli cli;

    Execs(Machine machine, RuncCli cli) {
        this.machine = machine;
        this.cli = cli;
    }

    ExecResult run(Request request, Exec exec) {
        ContainerFiles files = ContainerFiles.of(request);
        List<String> argv = cli.argv("--log=" + ExecRun.LOG, "exec", "--process=" + ExecRun.PROCESS_OBJECT, files.id());
        Deadline deadline = Deadline.current(FOREVER);
        return FreshThread.call(
                "exec-" + files.id(), () -> Deadline.bound(deadline, () -> run(argv, request.cgroup(), files, exec)));
    }

    private ExecResult run(List<String> argv, String group, ContainerFiles files, Exec exec) {
        String doing = cli.doing("running a program in", files.id());
        try (ExecRun run = new ExecRun(machine, group, argv, exec)) {
            ExecResult result = run.result();
            RuntimeLog log = RuntimeLog.of(run.log());
            if (result.exitCode() != 0 && !log.isEmpty()) {
                throw cli.notRunning(files.id(), doing, log);
            }
            return result;
        } catch (Failure.TimedOut late) {
            throw new Failure.TimedOut(doing + ": " + late.getMessage(), late);
        }
    }
}
