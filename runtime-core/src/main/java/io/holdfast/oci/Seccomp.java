package io.holdfast.oci;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;

/** The system call filters that Holdfast itself brings. */
public final class Seccomp {
    static final String ALLOW = "SCMP_ACT_ALLOW";
    static final String ERRNO = "SCMP_ACT_ERRNO";

    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int EAFNOSUPPORT = 97;

    private static final SyscallSections SECTIONS = SyscallSections.load();

    /**
     * Every architecture whose programs a machine of the first one runs; calls by another are killed. Not x32: hardly a
     * kernel has it, and each architecture adds 5 ms to every start of a container.
     */
    private static final Map<String, List<String>> ARCHITECTURES = Map.of(
            "x86_64", List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"),
            "aarch64", List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"));

    /** CLONE_NEW*: mount, cgroup, UTS, IPC, user, PID and network namespaces. */
    private static final List<Long> NEW_NAMESPACES =
            List.of(0x00020000L, 0x02000000L, 0x04000000L, 0x08000000L, 0x10000000L, 0x20000000L, 0x40000000L);

    /** CLONE_NEWTIME, which only unshare takes: for clone these bits are the exit signal. */
    private static final long NEW_TIME = 0x80;

    /** Plain Linux, 32-bit and 2.6-numbered Linux and both, and the question which it is; never a weaker memory layout. */
    private static final List<Long> PERSONALITIES = List.of(0L, 0x8L, 0x20000L, 0x20008L, 0xffffffffL);

    /** The families from AF_ALG on are interfaces to the kernel or the hypervisor, and often the way out of a container. */
    private static final long AF_ALG = 38;

    /** What catatonit and pause programs, and an OCI runtime's last steps before them, call. */
    private static final List<String> PAUSING = List.of(
            "arch_prctl brk capget capset close close_range dup3 epoll_ctl epoll_pwait execve exit exit_group fcntl",
            "fstat fstatfs futex getdents64 getpid getppid getrandom gettid kill lseek madvise mmap mprotect munmap",
            "nanosleep newfstatat openat openat2 pause ppoll prctl pread64 prlimit64 read readlink readlinkat rseq",
            "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigsuspend sched_yield set_robust_list set_tid_address",
            "sigaltstack signalfd4 statx tgkill wait4 waitid write");

    private Seccomp() {}

    /**
     * Kubernetes' RuntimeDefault: what programs need, and of what is privileged only that which the container's
     * capabilities are for.
     *
     * @param arch as {@code uname -m} says
     */
    public static Spec.Seccomp runtimeDefault(Set<String> granted, String arch) {
        Set<String> allowed = SECTIONS.allowed(granted, arch);
        List<Spec.Syscalls> rules = new ArrayList<>();
        if (granted.contains(Capability.SYS_ADMIN)) {
            allowed.addAll(List.of("clone", "clone3", "unshare", "socket"));
        } else {
            rules.addAll(unprivileged());
        }
        PERSONALITIES.forEach(value -> rules.add(allow("personality", equal(value))));
        rules.addFirst(rule(SECTIONS.refused(allowed), EPERM, List.of()));
        rules.addFirst(new Spec.Syscalls(List.copyOf(allowed), ALLOW, OptionalInt.empty(), List.of()));
        return filter(ENOSYS, ARCHITECTURES.getOrDefault(arch, List.of()), rules);
    }

    /** For a sandbox's pause process: so short that compiling it takes no time, and of the machine's first arch only. */
    public static Spec.Seccomp pausing(String arch) {
        List<String> names = PAUSING.stream()
                .flatMap(line -> List.of(line.split(" ")).stream())
                .toList();
        var allowed = new Spec.Syscalls(names, ALLOW, OptionalInt.empty(), List.of());
        List<String> architectures = ARCHITECTURES.getOrDefault(arch, List.of());
        return filter(EPERM, architectures.subList(0, Math.min(1, architectures.size())), List.of(allowed));
    }

    /** Without CAP_SYS_ADMIN: no new namespaces, and no clone3, whose flags a filter cannot see, so that it is ENOSYS. */
    private static List<Spec.Syscalls> unprivileged() {
        List<Spec.Syscalls> rules = new ArrayList<>();
        rules.addAll(withoutFlags("clone", NEW_NAMESPACES));
        rules.addAll(withoutFlags(
                "unshare",
                LongStream.concat(NEW_NAMESPACES.stream().mapToLong(flag -> flag), LongStream.of(NEW_TIME))
                        .boxed()
                        .toList()));
        rules.add(allow("socket", argument(AF_ALG, 0, "SCMP_CMP_LT")));
        rules.add(rule(Set.of("socket"), EAFNOSUPPORT, List.of(argument(AF_ALG, 0, "SCMP_CMP_GE"))));
        return rules;
    }

    private static List<Spec.Syscalls> withoutFlags(String name, List<Long> flags) {
        List<Spec.Syscalls> rules = new ArrayList<>();
        long mask = flags.stream().reduce(0L, (left, right) -> left | right);
        rules.add(allow(name, argument(mask, 0, "SCMP_CMP_MASKED_EQ")));
        flags.forEach(
                flag -> rules.add(rule(Set.of(name), EPERM, List.of(argument(flag, flag, "SCMP_CMP_MASKED_EQ")))));
        return rules;
    }

    private static Spec.Syscalls allow(String name, Spec.Argument argument) {
        return new Spec.Syscalls(List.of(name), ALLOW, OptionalInt.empty(), List.of(argument));
    }

    private static Spec.Syscalls rule(Collection<String> names, int errno, List<Spec.Argument> arguments) {
        return new Spec.Syscalls(List.copyOf(names), ERRNO, OptionalInt.of(errno), arguments);
    }

    private static Spec.Argument equal(long value) {
        return argument(value, 0, "SCMP_CMP_EQ");
    }

    private static Spec.Argument argument(long value, long second, String operator) {
        return new Spec.Argument(0, BigInteger.valueOf(value), BigInteger.valueOf(second), operator);
    }

    private static Spec.Seccomp filter(int errno, List<String> architectures, List<Spec.Syscalls> rules) {
        return new Spec.Seccomp(ERRNO, OptionalInt.of(errno), architectures, List.of(), "", "", rules);
    }
}
