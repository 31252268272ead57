package io.holdfast.sandbox;

import io.holdfast.container.PodEnvironment;
import io.holdfast.sandbox.SandboxConfig.Scope;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** Tells a container what it may know of its sandbox. */
public final class Environments {
    private static final Path HOST_SHM = Path.of("/dev/shm");

    private final SandboxPaths paths;

    public Environments(SandboxPaths paths) {
        this.paths = paths;
    }

    /**
     * What containers of this sandbox are given.
     *
     * @throws Failure.WrongState where the sandbox is not ready
     */
    PodEnvironment of(Sandbox sandbox) {
        if (!(sandbox.state() instanceof SandboxState.Ready ready)) {
            throw new Failure.WrongState("sandbox " + sandbox.id() + " is not ready: run a new one for the pod");
        }
        SandboxConfig config = sandbox.config();
        SandboxConfig.Namespaces namespaces = config.namespaces();
        return new PodEnvironment(
                sandbox.id(),
                sandbox.handler(),
                pod(config),
                namespaces.hostNetwork() ? Optional.empty() : Optional.of(paths.netns(sandbox.id())),
                ready.pause(),
                namespaces.ipc() == Scope.NODE,
                namespaces.hostNetwork(),
                namespaces.pid() == Scope.NODE,
                paths.cgroupParent(sandbox.id(), config),
                config.logDirectory().isEmpty() ? Optional.empty() : Optional.of(Path.of(config.logDirectory())),
                files(sandbox.id(), namespaces));
    }

    private PodEnvironment.Files files(String id, SandboxConfig.Namespaces namespaces) {
        Path directory = paths.directory(id);
        return new PodEnvironment.Files(
                SandboxFiles.resolvConf(directory),
                SandboxFiles.hostname(directory),
                namespaces.ipc() == Scope.NODE ? HOST_SHM : paths.shm(id));
    }

    private static PodEnvironment.Pod pod(SandboxConfig config) {
        SandboxConfig.PodMetadata metadata = config.metadata();
        try {
            return new PodEnvironment.Pod(
                    metadata.name(),
                    metadata.namespace(),
                    metadata.uid(),
                    SandboxFiles.hostname(config),
                    config.annotations(),
                    config.security().privileged());
        } catch (IOException failed) {
            throw new UncheckedIOException("reading the node's host name", failed);
        }
    }
}
