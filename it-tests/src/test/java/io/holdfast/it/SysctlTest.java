package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Conformance
class SysctlTest {
    @Test
    void sysctlsOfTheNetworkAndIpcNamespacesHoldInEveryContainer(Node node) {
        var pod = node.pod(p -> p.getLinuxBuilder()
                .putSysctls("net.ipv4.ip_local_port_range", "1024\t65000")
                .putSysctls("kernel.shm_rmid_forced", "1"));
        var container = pod.run();
        assertThat(container.sh("cat /proc/sys/net/ipv4/ip_local_port_range")).isEqualTo("1024\t65000");
        assertThat(container.sh("cat /proc/sys/kernel/shm_rmid_forced")).isEqualTo("1");
    }

    @Test
    void aSysctlThatIsNotSafeHoldsWhereItIsAskedFor(Node node) {
        var pod = node.pod(p -> p.getLinuxBuilder().putSysctls("fs.mqueue.msg_max", "100"));
        assertThat(pod.run().sh("cat /proc/sys/fs/mqueue/msg_max")).isEqualTo("100");
        assertThat(Path.of("/proc/sys/fs/mqueue/msg_max")).content().isNotEqualTo("100\n");
    }

    @Test
    void aSysctlWithSlashesIsTheSameSysctl(Node node) {
        var pod = node.pod(p -> p.getLinuxBuilder().putSysctls("net/ipv4/tcp_syncookies", "0"));
        assertThat(pod.run().sh("cat /proc/sys/net/ipv4/tcp_syncookies")).isEqualTo("0");
    }

    @Test
    void sysctlsOfOneSandboxDoNotReachAnother(Node node) {
        node.pod(p -> p.getLinuxBuilder().putSysctls("net.ipv4.ip_local_port_range", "1024\t65001"));
        assertThat(node.pod().run().sh("cat /proc/sys/net/ipv4/ip_local_port_range"))
                .isNotEqualTo("1024\t65001");
    }

    @ParameterizedTest
    @CsvSource({"kernel.hostname,x", "vm.swappiness,10", "kernel.core_pattern,|/bin/x", "../x,1", "net..x,1"})
    void sysctlsThatAreNotNamespacedAreRefused(String name, String value, Node node) {
        var refused = Node.refusal(() -> node.pod(p -> p.getLinuxBuilder().putSysctls(name, value)));
        assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
        assertThat(refused.getDescription()).contains(name);
    }

    @Test
    void networkSysctlsAreRefusedOnTheHostsNetwork(Node node) {
        var refused = Node.refusal(() -> node.pod(p -> {
            PodSandboxTest.onHostNetwork(p);
            p.getLinuxBuilder().putSysctls("net.ipv4.ip_local_port_range", "1024\t65002");
        }));
        assertThat(refused.getDescription()).contains("net.ipv4.ip_local_port_range");
    }
}
