package io.holdfast.sandbox;

import io.holdfast.linux.CgroupUsage;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a pod uses.
 *
 * @param group all processes in the pod's cgroup, also such as the kubelet put there
 * @param nanoCores cpu nanoseconds a second between the two latest questions; empty at the first
 * @param interfaces those of the pod's own network namespace but {@code lo}, in the kernel's order
 */
public record SandboxUsage(CgroupUsage group, OptionalLong nanoCores, List<Interface> interfaces) {
    public SandboxUsage {
        interfaces = List.copyOf(interfaces);
    }

    /** Counters since the interface was made. */
    public record Interface(String name, Traffic received, Traffic sent) {}

    /** One direction of an interface. */
    public record Traffic(long bytes, long errors) {}
}
