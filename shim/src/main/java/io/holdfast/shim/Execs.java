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
    private final LargeOutputs outputs = new LargeOutputs();

    Execs(Machine machine, RuncCli cli) {
        this.machine = machine;
        this.cli = cli;
    }

    ExecResult run(Request request, Exec exec) {
        ContainerFiles files = ContainerFiles.of(request);
        List<String> argv =
                cli.argv("--log=" + ExecChannels.LOG, "exec", "--process=" + ExecChannels.PROCESS_OBJECT, files.id());
        Duration most = Deadline.remaining(exec.limit().orElse(FOREVER));
        return FreshThread.call("exec-" + files.id(), () -> run(argv, request, exec, most));
    }

    private ExecResult run(List<String> argv, Request request, Exec exec, Duration most) {
        String doing = cli.doing("running a program in", request.id());
        try (Descriptors descriptors = new Descriptors(machine.kernel());
                LargeOutputs.Claim claim = outputs.claim(Deadline.in(most))) {
            ExecChannels channels = new ExecChannels(machine.kernel(), descriptors, exec, claim);
            try (ExecProcesses processes = new ExecProcesses(machine, request.cgroup(), channels.spawn(argv))) {
                ExecResult result = new ExecRun(machine, descriptors, channels, processes).result(most);
                RuntimeLog log = RuntimeLog.of(channels.log());
                if (result.exitCode() != 0 && !log.isEmpty()) {
                    throw cli.notRunning(request.id(), doing, log);
                }
                return result;
            }
        } catch (Failure.TimedOut late) {
            throw new Failure.TimedOut(doing + ": " + late.getMessage(), late);
        }
    }
}
