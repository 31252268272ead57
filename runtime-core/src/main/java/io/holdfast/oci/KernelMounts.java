package io.holdfast.oci;

import java.util.ArrayList;
import java.util.List;

/** The file systems of the kernel that a container's root needs, in the order in which they are mounted. */
public final class KernelMounts {
    private KernelMounts() {}

    /** Of an ordinary container. Writable is for privileged ones: sysfs and cgroups can change the host. */
    public static List<Spec.Mount> full(boolean writable) {
        String access = writable ? "rw" : "ro";
        List<Spec.Mount> mounts = new ArrayList<>(minimal());
        mounts.add(new Spec.Mount(
                "/dev/pts",
                "devpts",
                "devpts",
                List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")));
        mounts.add(new Spec.Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
        mounts.add(new Spec.Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", access)));
        mounts.add(new Spec.Mount(
                "/sys/fs/cgroup", "cgroup", "cgroup", List.of("nosuid", "noexec", "nodev", "relatime", access)));
        return List.copyOf(mounts);
    }

    /** Of a process that does nothing but wait: what any OCI runtime insists on. */
    public static List<Spec.Mount> minimal() {
        return List.of(
                new Spec.Mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")),
                new Spec.Mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")));
    }
}
