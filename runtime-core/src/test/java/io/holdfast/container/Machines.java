package io.holdfast.container;

import io.holdfast.oci.Capability;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Machines that tests compose for, whatever machine they run on. */
final class Machines {
    private Machines() {}

    /** A bare-metal node with everything: cgroup v2 and a daemon with every capability. */
    static Machine node() {
        return machine(true, Capability.all(), new Machine.SecurityModules(true, true, true));
    }

    /** A nested node: cgroup v1, no CAP_SYS_RESOURCE, no security module but seccomp. */
    static Machine nested() {
        Set<String> capabilities = new HashSet<>(Capability.all());
        capabilities.remove(Capability.SYS_RESOURCE);
        return machine(false, capabilities, new Machine.SecurityModules(true, false, false));
    }

    static Machine withoutSeccomp() {
        return machine(true, Capability.all(), new Machine.SecurityModules(false, false, false));
    }

    private static Machine machine(boolean everything, Set<String> capabilities, Machine.SecurityModules modules) {
        return new Machine(
                everything,
                everything,
                everything,
                capabilities,
                0,
                everything ? 1 << 20 : 20_000,
                modules,
                "x86_64",
                "6.12.0",
                List.of("/proc/interrupts", "/sys/devices/virtual/powercap"));
    }
}
