package io.holdfast.shim;

import io.holdfast.work.Failure;
import java.nio.file.Path;

/**
 * A runtime handler: which programs run its containers, and where they keep what they know.
 *
 * @param name as in the configuration; used in messages
 * @param binary the OCI runtime
 * @param root where the runtime keeps its state, on a file system that a reboot empties; for this handler alone
 * @param conmon the monitor's program
 * @param monitorCgroup the group that monitors are moved into, in the form of {@link io.holdfast.linux.Cgroup}: neither
 *     a pod's, where the pod's memory limit would kill them, nor the daemon's
 * @param systemdCgroup whether the runtime makes cgroups through systemd
 */
public record Handler(String name, Path binary, Path root, Path conmon, String monitorCgroup, boolean systemdCgroup) {
    public Handler {
        if (!binary.isAbsolute() || !root.isAbsolute() || !conmon.isAbsolute()) {
            throw new Failure.Invalid("runtime handler " + name + ": its paths must be absolute: " + binary + ", "
                    + root + ", " + conmon);
        }
    }
}
