package io.holdfast.container;

import io.holdfast.linux.ProcessIdentity;
import io.holdfast.work.Failure;
import io.holdfast.work.Holds;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Takes and releases the holds of one container. The two switches stand side by side: whoever adds a kind of hold is
 * asked for both.
 */
final class ContainerKeeper implements Holds.Keeper<ContainerHold> {
    private final Containers.Parts parts;
    private final ContainerDirectories directories;
    private final AtomicReference<OciRuntime.Making> making = new AtomicReference<>();
    private final AtomicReference<ProcessIdentity> init = new AtomicReference<>();

    ContainerKeeper(Containers.Parts parts) {
        this.parts = parts;
        this.directories = new ContainerDirectories(parts.kernel());
    }

    /** Begins what taking the runtime will end; the caller closes it. */
    OciRuntime.Making begin(String handler, OciRuntime.Request request) {
        making.set(parts.handler(handler).begin(request));
        return making.get();
    }

    @Override
    public void take(ContainerHold hold) {
        switch (hold) {
            case ContainerHold.Directory(var path) -> directories.make(path);
            case ContainerHold.Log(var directory, var file) -> LogFile.prepare(directory, file);
            case ContainerHold.Snapshot(var key, var chain) ->
                parts.snapshotter().prepare(key, chain);
            case ContainerHold.Rootfs(var key, var target) -> {
                directories.make(target);
                parts.snapshotter().mount(key, target);
            }
            // The OCI runtime makes it; from here on it is released whatever becomes of the runtime.
            case ContainerHold.Group _ -> {}
            case ContainerHold.Runtime _ -> init.set(making.get().create());
        }
    }

    @Override
    public void release(ContainerHold hold) {
        switch (hold) {
            case ContainerHold.Directory(var path) -> directories.remove(path);
            case ContainerHold.Log(var _, var file) -> LogFile.removeIfEmpty(file);
            case ContainerHold.Snapshot(var key, var _) -> parts.snapshotter().removeSnapshot(key);
            case ContainerHold.Rootfs(var _, var target) -> parts.snapshotter().unmount(target);
            case ContainerHold.Group(var cgroup) -> new Group(parts, cgroup).remove();
            case ContainerHold.Runtime(var handler, var request) ->
                parts.handler(handler).delete(request);
        }
    }

    @Override
    public int stage(ContainerHold hold) {
        return switch (hold) {
            case ContainerHold.Directory _, ContainerHold.Log _ -> 0;
            case ContainerHold.Snapshot _ -> 1;
            case ContainerHold.Rootfs _ -> 2;
            case ContainerHold.Group _ -> 3;
            case ContainerHold.Runtime _ -> 4;
        };
    }

    /** The container's first process, once the runtime is taken. */
    ProcessIdentity init() {
        ProcessIdentity process = init.get();
        if (process == null) {
            throw new Failure.Broken("the container was made without a first process");
        }
        return process;
    }
}
