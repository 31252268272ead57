package io.holdfast.oci;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The capabilities of Linux, by their names with {@code CAP_}. */
public final class Capability {
    public static final String SYS_ADMIN = "CAP_SYS_ADMIN";
    public static final String SYS_RESOURCE = "CAP_SYS_RESOURCE";

    private static final String PREFIX = "CAP_";

    /** In the kernel's order: the index is the number. */
    private static final List<String> BY_NUMBER = names("""
        CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
        NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
        SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE
        AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ
        PERFMON BPF CHECKPOINT_RESTORE\
        """);

    /** What a container has that asks for nothing, as with every other runtime: images are made for it. */
    private static final List<String> GRANTED = names("""
        CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT
        KILL AUDIT_WRITE\
        """);

    private Capability() {}

    /** The full name of a capability written with or without {@code CAP_} in any case; empty where there is none. */
    public static Optional<String> named(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String full = upper.startsWith(PREFIX) ? upper : PREFIX + upper;
        return Optional.of(full).filter(BY_NUMBER::contains);
    }

    public static Set<String> all() {
        return Set.copyOf(BY_NUMBER);
    }

    public static Set<String> grantedByDefault() {
        return Set.copyOf(GRANTED);
    }

    /** Those of a mask as /proc/PID/status shows it; numbers newer than this list are left out. */
    public static Set<String> ofMask(long mask) {
        return IntStream.range(0, BY_NUMBER.size())
                .filter(number -> (mask >>> number & 1) == 1)
                .mapToObj(BY_NUMBER::get)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The sets of a process that may use {@code granted} and passes on {@code ambient}, which it is granted as well. The
     * inheritable set is empty but for what is ambient, where the kernel demands it: with more, a program's file
     * capabilities would come alive in a container that dropped them (CVE-2022-24769).
     */
    public static Spec.Capabilities sets(Collection<String> granted, Collection<String> ambient) {
        Set<String> effective = new TreeSet<>(granted);
        effective.addAll(ambient);
        List<String> usable = List.copyOf(effective);
        List<String> passedOn = List.copyOf(new TreeSet<>(ambient));
        return new Spec.Capabilities(usable, usable, usable, passedOn, passedOn);
    }

    private static List<String> names(String text) {
        return text.lines()
                .flatMap(line -> List.of(line.strip().split(" ")).stream())
                .map(PREFIX::concat)
                .toList();
    }
}
