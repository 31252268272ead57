package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.sandbox.SandboxUsage.Interface;
import io.holdfast.sandbox.SandboxUsage.Traffic;
import org.junit.jupiter.api.Test;

class SandboxMeterTest {
    @Test
    void everyInterfaceButTheLoopbackIsRead() {
        String counters = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
              eth0:    1046      13    2    0    0     0          0         0     2046      12    3    0    0     0       0          0
            net1:7 0 0 0 0 0 0 0 8 0 0 0 0 0 0 0
            """;

        assertThat(SandboxMeter.parse(counters))
                .containsExactly(
                        new Interface("eth0", new Traffic(1046, 2), new Traffic(2046, 3)),
                        new Interface("net1", new Traffic(7, 0), new Traffic(8, 0)));
    }
}
