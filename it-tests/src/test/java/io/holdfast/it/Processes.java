package io.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the kernel says about a process in a container: fields of /proc/PID/status. */
final class Processes {
    private Processes() {}

    /** A field of the container's first process, its numbers separated by single spaces. */
    static String ofInit(TestContainer container, String field) {
        return field(container.sh("cat /proc/1/status"), field);
    }

    /** A field of a process that exec started. */
    static String ofExec(TestContainer container, String field) {
        return field(container.sh("cat /proc/self/status"), field);
    }

    static String field(String status, String field) {
        return status.lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip().replaceAll("\\s+", " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + field + " in " + status));
    }

    /** A set of capabilities by the names the kernel gives their bits. */
    static boolean has(String hexadecimal, int capability) {
        return (Long.parseUnsignedLong(hexadecimal, 16) >>> capability & 1) == 1;
    }

    /** The processes of this machine whose cgroup's path has this in it. */
    static List<Long> onHost(String cgroup) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> cgroupsOf(pid).contains(cgroup))
                .toList();
    }

    private static String cgroupsOf(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cgroup"));
        } catch (IOException e) {
            // It has ended.
            return "";
        }
    }

    static List<Long> numbers(String field) {
        return field.isEmpty()
                ? List.of()
                : Arrays.stream(field.split(" ")).map(Long::valueOf).toList();
    }
}
