package io.holdfast.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeccompTest {
    private static final String ALLOW = "SCMP_ACT_ALLOW";

    @Test
    void aCapabilityBringsTheCallsThatItIsForAndNoOthers() {
        assertThat(allowed(Set.of("CAP_SYS_TIME"))).contains("settimeofday").doesNotContain("mount", "reboot");
        assertThat(allowed(Set.of("CAP_SYS_ADMIN"))).contains("mount", "clone3", "unshare", "bpf", "socket");
        assertThat(allowed(Set.of())).contains("read", "execve").doesNotContain("chroot", "clone", "clone3", "bpf");
    }

    @Test
    void nobodyGetsWhatIsNotNamespacedOrOnlyMakesAttacksEasier() {
        assertThat(allowed(Capability.all()))
                .doesNotContain("keyctl", "add_key", "kexec_load", "swapon", "userfaultfd", "io_uring_setup");
    }

    @Test
    void noCallIsBothAllowedAndRefused() {
        for (Set<String> granted : List.of(Set.<String>of(), Capability.grantedByDefault(), Capability.all())) {
            Spec.Seccomp filter = Seccomp.runtimeDefault(granted, "x86_64");
            List<String> all = filter.syscalls().stream()
                    .filter(rule -> rule.args().isEmpty())
                    .flatMap(rule -> rule.names().stream())
                    .toList();
            assertThat(all).doesNotHaveDuplicates();
        }
    }

    @Test
    void everySectionIsOfAKnownKind() {
        assertThat(SyscallSections.load().names().keySet())
                .allMatch(name ->
                        Set.of("always", "never", "arch x86_64", "arch aarch64").contains(name)
                                || Capability.all().contains(name));
    }

    private static List<String> allowed(Set<String> granted) {
        return Seccomp.runtimeDefault(granted, "x86_64").syscalls().stream()
                .filter(rule -> rule.action().equals(ALLOW) && rule.args().isEmpty())
                .flatMap(rule -> rule.names().stream())
                .toList();
    }
}
