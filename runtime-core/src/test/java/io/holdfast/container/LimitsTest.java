package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
    @Test
    void whatIsSetIsWrittenAndNothingElse() {
        assertThat(Limits.update(Resources.none(), Machines.node())).isEqualTo("{}");
        Resources change =
                new Resources(0, -1, 2, 0, 7, 5, "0-3,5", "0", Map.of("1GB", 0L), Map.of("memory.high", "9"));
        assertThat(Limits.update(change, Machines.node()))
                .isEqualTo(
                        "{\"memory\":{\"swap\":7},\"cpu\":{\"shares\":2,\"quota\":-1,\"cpus\":\"0-3,5\",\"mems\":\"0\"},"
                            + "\"hugepageLimits\":[{\"pageSize\":\"1GB\",\"limit\":0}],\"unified\":{\"memory.high\":\"9\"}}");
    }

    @Test
    void whatTheMachineCannotLimitIsLeftOut() {
        Resources change = new Resources(0, 0, 0, 5, 7, 0, "", "", Map.of("2MB", 0L), Map.of());
        assertThat(Limits.update(change, Machines.nested())).isEqualTo("{\"memory\":{\"limit\":5}}");
    }

    @Test
    void unifiedFilesNeedCgroupV2() {
        Resources change = new Resources(0, 0, 0, 0, 0, 0, "", "", Map.of(), Map.of("memory.high", "9"));
        assertThatThrownBy(() -> Limits.update(change, Machines.nested()))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("resources.unified: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../memory.max", "memory", "a/b.c", "memory.max\n", "", "Memory.max", "cgroup.procs/"})
    void aUnifiedFileIsAPlainName(String file) {
        Resources change = new Resources(0, 0, 0, 0, 0, 0, "", "", Map.of(), Map.of(file, "1"));
        assertThatThrownBy(() -> Limits.update(change, Machines.node())).isInstanceOf(Failure.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "cgroup.kill"})
    void aUnifiedFileIsALimit(String file) {
        Resources change = new Resources(0, 0, 0, 0, 0, 0, "", "", Map.of(), Map.of(file, "1"));
        assertThatThrownBy(() -> Limits.update(change, Machines.node()))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("resources.unified: \"" + file + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 1", "a", "0\n", "0;1"})
    void cpusAreNumbersAndRanges(String cpus) {
        Resources change = new Resources(0, 0, 0, 0, 0, 0, cpus, "", Map.of(), Map.of());
        assertThatThrownBy(() -> Limits.update(change, Machines.node()))
                .hasMessageStartingWith("resources.cpuset_cpus");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "MB", "../2MB", "02MB"})
    void pageSizesAreSizes(String size) {
        Resources change = new Resources(0, 0, 0, 0, 0, 0, "", "", Map.of(size, 1L), Map.of());
        assertThatThrownBy(() -> Limits.update(change, Machines.node())).hasMessageStartingWith("resources.hugepage");
    }
}
