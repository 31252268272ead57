package io.holdfast.cni;

import io.holdfast.linux.Command;
import io.holdfast.linux.Subprocess;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The packet filter rules by which the reference plugins bridge and ptp masquerade a sandbox ({@code ipMasq}). Their DEL
 * removes them only while the interface is still there, and removes the interface first: a DEL that failed or was cut
 * off in between leaves them, and no later DEL finds them. They are told by the comment that the plugins give them, and
 * their chain by its name: "CNI-" and the first digits of SHA-512 over the network's name and the container's id.
 */
final class Masquerade {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration BETWEEN = Duration.ofMillis(30);
    private static final int LOOKS = 3;
    private static final int MOST_RULES_BYTES = 64 << 20;
    private static final int CHAIN_NAME_LENGTH = 28;
    private static final List<String> FAMILIES = List.of("iptables", "ip6tables");

    private final Subprocess subprocess;

    Masquerade(Subprocess subprocess) {
        this.subprocess = subprocess;
    }

    /** Removes what a DEL of this attachment has left; its time is its own, since a DEL is not over without it. */
    void sweep(Attachment attachment) {
        if (Chain.network(attachment).plugins().stream().anyMatch(PluginConfig::masquerades)) {
            Deadline.own(LIMIT, () -> sweepAll(attachment));
        }
    }

    /** Until several looks find nothing: iptables itself has been seen to miss what was there. */
    private void sweepAll(Attachment attachment) {
        int looksWithout = sweepOnce(attachment) ? 0 : 1;
        while (looksWithout < LOOKS) {
            Deadline.check("removing what the CNI plugins left in the packet filter for " + attachment);
            LockSupport.parkNanos(BETWEEN.toNanos());
            looksWithout = sweepOnce(attachment) ? 0 : looksWithout + 1;
        }
    }

    /** Whether there was anything. */
    private boolean sweepOnce(Attachment attachment) {
        boolean found = false;
        for (String family : FAMILIES.stream().filter(Masquerade::isInstalled).toList()) {
            List<String> removals = removals(run(attachment, List.of(family + "-save", "-t", "nat"), ""), attachment);
            if (!removals.isEmpty()) {
                String text = "*nat\n" + String.join("\n", removals) + "\nCOMMIT\n";
                run(attachment, List.of(family + "-restore", "--noflush"), text);
                found = true;
            }
        }
        return found;
    }

    /** What iptables-restore has to read to remove the attachment's part of what iptables-save printed. */
    static List<String> removals(String saved, Attachment attachment) {
        String chain = chain(attachment);
        String comment =
                "--comment \"name: \\\"" + attachment.network() + "\\\" id: \\\"" + attachment.containerId() + "\\\"\"";
        Set<String> removals = new LinkedHashSet<>();
        saved.lines()
                .filter(line -> line.startsWith("-A ") && line.contains(comment))
                .filter(line -> !line.startsWith("-A " + chain + " "))
                .forEach(line -> removals.add("-D" + line.substring(2)));
        if (saved.lines().anyMatch(line -> line.startsWith(":" + chain + " "))) {
            Stream.of("-F " + chain, "-X " + chain).forEach(removals::add);
        }
        return List.copyOf(removals);
    }

    /** Where it is not, the plugins cannot have used it either. */
    private static boolean isInstalled(String family) {
        return Stream.of(Plugins.PATH.split(":")).anyMatch(directory -> Files.isExecutable(Path.of(directory, family)));
    }

    private static String chain(Attachment attachment) {
        byte[] named = (attachment.network() + attachment.containerId()).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-512").digest(named);
            return ("CNI-" + HexFormat.of().formatHex(digest)).substring(0, CHAIN_NAME_LENGTH);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-512", impossible);
        }
    }

    private String run(Attachment attachment, List<String> argv, String stdin) {
        String doing = "removing what the CNI plugins left in the packet filter for " + attachment + ": ";
        Subprocess.Output output = subprocess.run(new Command(
                argv,
                Map.of("PATH", Plugins.PATH),
                stdin.getBytes(StandardCharsets.UTF_8),
                Path.of("/"),
                LIMIT,
                MOST_RULES_BYTES));
        if (!output.ok() || output.truncated()) {
            throw new Failure.Unavailable(doing
                    + argv.getFirst()
                    + (output.truncated()
                            ? " printed more than " + MOST_RULES_BYTES + " bytes"
                            : " ended with exit code " + output.exitCode() + ": "
                                    + output.err().strip()));
        }
        return output.out();
    }
}
