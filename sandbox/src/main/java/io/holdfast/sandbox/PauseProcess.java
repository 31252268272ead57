package io.holdfast.sandbox;

import io.holdfast.container.OciRuntime;
import io.holdfast.linux.OwnDirectory;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.oci.Bundle;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The process that holds a sandbox's namespaces: an OCI container of its own, without a monitor. */
final class PauseProcess {
    private final Sandbox sandbox;
    private final Handlers handlers;
    private final Supplier<PauseProgram> program;
    private final SandboxPaths paths;
    private final KernelKeepers.Machine machine;
    private final AtomicReference<Optional<ProcessIdentity>> identity = new AtomicReference<>(Optional.empty());

    PauseProcess(
            Sandbox sandbox,
            Handlers handlers,
            Supplier<PauseProgram> program,
            SandboxPaths paths,
            KernelKeepers.Machine machine) {
        this.sandbox = sandbox;
        this.handlers = handlers;
        this.program = program;
        this.paths = paths;
        this.machine = machine;
    }

    void start(SandboxHold.Pause hold) {
        Bundle.write(OwnDirectory.make(hold.bundle()), PauseSpec.of(sandbox, program.get(), paths, machine));
        OciRuntime runtime = handlers.runtime(sandbox.handler());
        ProcessIdentity created = runtime.create(request(hold));
        runtime.start(sandbox.id());
        identity.set(Optional.of(created));
    }

    void end(SandboxHold.Pause hold) {
        handlers.runtime(sandbox.handler()).delete(request(hold));
    }

    /** Once started. */
    ProcessIdentity identity() {
        return identity.get().orElseThrow();
    }

    private OciRuntime.Request request(SandboxHold.Pause hold) {
        return new OciRuntime.Request(
                sandbox.id(), hold.bundle(), hold.bundle(), hold.cgroup(), new OciRuntime.Output.Nowhere());
    }
}
