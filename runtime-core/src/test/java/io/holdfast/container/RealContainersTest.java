package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Subprocess;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Composed specs, run by the OCI runtimes of this machine. */
class RealContainersTest {
    static List<String> runtimes() {
        return List.of(System.getProperty("holdfast.test.runtimes", "crun,runc").split(","));
    }

    @ParameterizedTest
    @MethodSource("runtimes")
    void anOrdinaryContainerIsConfined(String runtime) {
        try (RealPod pod = new RealPod(runtime)) {
            Subprocess.Output output = pod.run(Wanted.shell("""
                set -x; id; pwd; env; cat /proc/self/status | grep -E 'Cap|Seccomp|NoNewPrivs|Umask'; cat /proc/self/mountinfo; hostname; cat /etc/resolv.conf /etc/hostname; ls -la /dev; cat /proc/kcore; cat /proc/self/oom_score_adj /proc/self/limits; cat /proc/self/cgroup
                """));
            System.out.println(output.exitCode() + "\n" + output.out() + output.err());
            assertThat(output.exitCode()).isEqualTo(0);
        }
    }
}
