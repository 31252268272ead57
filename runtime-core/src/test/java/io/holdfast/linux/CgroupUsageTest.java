package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both versions, from files with the kernel's content. */
class CgroupUsageTest {
    @TempDir
    Path root;

    @Test
    void version2IsReadFromOneDirectory() throws IOException {
        write("cgroup.controllers", "cpu memory pids\n");
        write("pod/c/cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n");
        write("pod/c/memory.current", "10000\n");
        write("pod/c/memory.max", "max\n");
        write("pod/c/memory.stat", "anon 4000\nfile 6000\ninactive_file 2500\npgfault 7\npgmajfault 2\n");
        write("pod/c/memory.swap.current", "300\n");
        write("pod/c/memory.swap.max", "900\n");
        write("pod/c/pids.current", "3\n");

        CgroupUsage usage = CgroupUsage.of(Cgroup.at(root), "/pod/c");

        assertThat(usage.cpuNanos()).hasValue(1_500_000);
        CgroupUsage.Memory memory = usage.memory().orElseThrow();
        assertThat(memory.usage()).isEqualTo(10_000);
        assertThat(memory.workingSet()).isEqualTo(7_500);
        assertThat(memory.rss()).isEqualTo(4_000);
        assertThat(memory.pageFaults()).isEqualTo(7);
        assertThat(memory.majorPageFaults()).isEqualTo(2);
        assertThat(memory.limit()).isEmpty();
        assertThat(usage.swap().orElseThrow().usage()).isEqualTo(300);
        assertThat(usage.swap().orElseThrow().limit()).hasValue(900);
        assertThat(usage.pids()).hasValue(3);
    }

    @Test
    void version1IsReadFromOneDirectoryAController() throws IOException {
        trees("memory", "cpuacct", "pids");
        write("cpuacct/pod/c/cpuacct.usage", "123456789\n");
        write("memory/pod/c/memory.usage_in_bytes", "10000\n");
        write("memory/pod/c/memory.limit_in_bytes", "50000\n");
        write("memory/pod/c/memory.memsw.usage_in_bytes", "10300\n");
        write("memory/pod/c/memory.memsw.limit_in_bytes", "50900\n");
        write(
                "memory/pod/c/memory.stat",
                "rss 1\ntotal_rss 4000\ntotal_inactive_file 12000\ntotal_pgfault 7\ntotal_pgmajfault 2\n");
        write("pids/pod/c/pids.current", "3\n");

        CgroupUsage usage = CgroupUsage.of(Cgroup.at(root), "/pod/c");

        assertThat(usage.cpuNanos()).hasValue(123_456_789);
        CgroupUsage.Memory memory = usage.memory().orElseThrow();
        assertThat(memory.workingSet()).isZero();
        assertThat(memory.rss()).isEqualTo(4_000);
        assertThat(memory.limit()).hasValue(50_000);
        assertThat(usage.swap().orElseThrow().usage()).isEqualTo(300);
        assertThat(usage.swap().orElseThrow().limit()).hasValue(900);
        assertThat(usage.pids()).hasValue(3);
    }

    @Test
    void version1HasNoLimitWhereItSaysTheLargestNumberOfPages() throws IOException {
        trees("memory");
        write("memory/c/memory.usage_in_bytes", "1\n");
        write("memory/c/memory.limit_in_bytes", "9223372036854771712\n");
        write("memory/c/memory.stat", "");

        CgroupUsage usage = CgroupUsage.of(Cgroup.at(root), "/c");

        assertThat(usage.memory().orElseThrow().limit()).isEmpty();
        assertThat(usage.swap()).isEmpty();
        assertThat(usage.cpuNanos()).isEmpty();
    }

    @Test
    void ofAGroupThatIsGoneNothingIsKnown() throws IOException {
        trees("memory", "cpuacct", "pids");
        CgroupUsage usage = CgroupUsage.of(Cgroup.at(root), "/gone");
        assertThat(usage.cpuNanos()).isEmpty();
        assertThat(usage.memory()).isEmpty();
        assertThat(usage.swap()).isEmpty();
        assertThat(usage.pids()).isEmpty();
    }

    private void trees(String... controllers) throws IOException {
        for (String controller : controllers) {
            write(controller + "/cgroup.procs", "");
        }
    }

    private void write(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
