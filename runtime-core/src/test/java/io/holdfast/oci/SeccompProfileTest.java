package io.holdfast.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeccompProfileTest {
    private static final SeccompProfile.Subject SUBJECT =
            new SeccompProfile.Subject(Set.of("CAP_SYS_TIME"), "x86_64", "6.12.0-1-amd64");

    @Test
    void anOciProfileIsTakenAsItIs() {
        Spec.Seccomp seccomp = parse("""
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "architectures": ["SCMP_ARCH_X86_64"],
             "flags": ["SECCOMP_FILTER_FLAG_LOG"],
             "syscalls": [{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "comment": "why",
               "args": [{"index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_MASKED_EQ"}]}]}
            """);
        assertThat(seccomp.defaultErrnoRet()).hasValue(38);
        assertThat(seccomp.architectures()).containsExactly("SCMP_ARCH_X86_64");
        assertThat(seccomp.flags()).containsExactly("SECCOMP_FILTER_FLAG_LOG");
        assertThat(seccomp.syscalls())
                .singleElement()
                .satisfies(rule -> assertThat(rule.args().getFirst())
                        .isEqualTo(new Spec.Argument(
                                0,
                                BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE),
                                BigInteger.ZERO,
                                "SCMP_CMP_MASKED_EQ")));
    }

    @Test
    void dockersConditionsAreDecidedForTheContainer() {
        Spec.Seccomp seccomp = parse("""
            {"defaultAction": "SCMP_ACT_ERRNO",
             "archMap": [{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]},
                         {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
             "syscalls": [
               {"names": ["always"], "action": "SCMP_ACT_ALLOW", "args": null, "includes": {}, "excludes": {}},
               {"name": "older", "action": "SCMP_ACT_ALLOW"},
               {"names": ["mine"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_TIME"]}},
               {"names": ["others"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
               {"names": ["unless"], "action": "SCMP_ACT_ALLOW", "excludes": {"caps": ["CAP_SYS_TIME"]}},
               {"names": ["here"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64"]}},
               {"names": ["there"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["arm64"]}},
               {"names": ["old"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
               {"names": ["future"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "6.13"}}]}
            """);
        assertThat(seccomp.architectures()).containsExactly("SCMP_ARCH_X86_64", "SCMP_ARCH_X86");
        assertThat(seccomp.syscalls())
                .extracting(Spec.Syscalls::names)
                .containsExactly(List.of("always"), List.of("older"), List.of("mine"), List.of("here"), List.of("old"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "null",
                "{}",
                "[]",
                "{\"defaultAction\": \"ALLOW\"}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\"} {}",
                "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultAction\": \"SCMP_ACT_ALLOW\"}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"newer\": 1}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"X86\"]}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"action\": \"SCMP_ACT_ERRNO\"}]}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a b\"], \"action\":"
                        + " \"SCMP_ACT_ERRNO\"}]}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a\"]}]}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a\"], \"action\":"
                        + " \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 6, \"value\": 0, \"op\": \"SCMP_CMP_EQ\"}]}]}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a\"], \"action\":"
                        + " \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 0, \"value\": -1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
                "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"a\"], \"action\":"
                        + " \"SCMP_ACT_ERRNO\", \"excludes\": {\"distro\": [\"debian\"]}}]}"
            })
    void whatIsNotUnderstoodWholeFails(String json) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("seccomp profile: ");
    }

    private static Spec.Seccomp parse(String json) {
        return SeccompProfile.parse(json.getBytes(StandardCharsets.UTF_8), SUBJECT);
    }
}
