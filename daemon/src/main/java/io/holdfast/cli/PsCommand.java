package io.holdfast.cli;

import io.holdfast.runtime.v1.Cri;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists pods, and below each its containers. */
@Command(name = "ps", description = "Lists the pods of this node and their containers.")
final class PsCommand implements Runnable {
    private static final String ROW = "%-32s %-12s %-14s %6s  %s%n";

    @Spec
    private CommandSpec spec;

    @Mixin
    private SocketOption socket;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (Connection daemon = socket.connect()) {
            Pods pods = new Pods(daemon);
            out.printf(ROW, "POD / CONTAINER", "ID", "STATE", "AGE", "ADDRESSES / IMAGE");
            pods.list().stream()
                    .sorted(Comparator.comparing(Cri.PodSandbox::getCreatedAt))
                    .forEach(pod -> print(out, pods, pod));
        }
    }

    private static void print(PrintWriter out, Pods pods, Cri.PodSandbox pod) {
        out.printf(
                ROW,
                pod.getMetadata().getName(),
                Pods.shortId(pod.getId()),
                pod.getState() == Cri.PodSandboxState.SANDBOX_READY ? "ready" : "not ready",
                age(pod.getCreatedAt()),
                RunCommand.addresses(pods, pod.getId()));
        pods.containersOf(pod.getId()).forEach(container -> print(out, container));
    }

    private static void print(PrintWriter out, Cri.Container container) {
        out.printf(
                ROW,
                "  " + container.getMetadata().getName(),
                Pods.shortId(container.getId()),
                container.getState().name().replace("CONTAINER_", "").toLowerCase(Locale.ROOT),
                age(container.getCreatedAt()),
                container.getImage().getImage());
    }

    /** Such as 42s, 17m, 5h or 3d. */
    static String age(long createdAtNanos) {
        Duration age = Duration.between(Instant.ofEpochSecond(0, createdAtNanos), Instant.now());
        if (age.toMinutes() == 0) {
            return age.toSeconds() + "s";
        }
        if (age.toHours() == 0) {
            return age.toMinutes() + "m";
        }
        return age.toDays() == 0 ? age.toHours() + "h" : age.toDays() + "d";
    }
}
