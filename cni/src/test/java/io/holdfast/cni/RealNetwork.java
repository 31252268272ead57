package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Command;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The machine's CNI plugins, a config directory, and network namespaces: all with names and subnets of this test's own,
 * and all gone, and seen to be gone, when it is closed.
 */
final class RealNetwork implements AutoCloseable {
    static final List<Path> BIN_DIRS = List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni"));
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final Subprocess subprocess = new Subprocess(kernel, watch);
    private final Path temp;
    private final String tag;
    private final int octet = ThreadLocalRandom.current().nextInt(256);
    private final List<String> namespaces = new ArrayList<>();
    private final List<Runnable> undo = new ArrayList<>();
    private final List<Process> servers = new ArrayList<>();

    RealNetwork(Path temp) {
        this.temp = temp;
        this.tag = "hfc" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 16, 1 << 20));
    }

    /** The name of the network, and of its bridge. */
    String tag() {
        return tag;
    }

    String subnet() {
        return "10.209." + octet + ".0/24";
    }

    String subnet6() {
        return "fd00:209:" + Integer.toHexString(octet) + "::/64";
    }

    Path leases() {
        return temp.resolve("leases");
    }

    Networks networks() {
        return networks(BIN_DIRS);
    }

    Networks networks(List<Path> binDirs) {
        return new Networks(new Networks.Settings(temp, binDirs, LIMIT, Duration.ZERO), kernel, watch, _ -> {});
    }

    /** Writes the config of this network: the plugins as JSON, with TAG, SUBNET, SUBNET6 and LEASES replaced. */
    void config(String version, String plugins) {
        String text = "{\"cniVersion\":\"" + version + "\",\"name\":\"TAG\",\"plugins\":[" + plugins + "]}";
        try {
            Files.writeString(
                    temp.resolve("10-net.conflist"),
                    text.replace("TAG", tag)
                            .replace("SUBNET6", subnet6())
                            .replace("SUBNET", subnet())
                            .replace("LEASES", leases().toString()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A bridge with this test's subnets. */
    void bridge(String version, String furtherPlugins) {
        config(version, """
            {"type":"bridge","bridge":"TAG","isGateway":true,"ipMasq":true,"ipam":{"type":"host-local",
             "dataDir":"LEASES","ranges":[[{"subnet":"SUBNET"}],[{"subnet":"SUBNET6"}]],
             "routes":[{"dst":"0.0.0.0/0"},{"dst":"::/0"}]}}\
            """ + furtherPlugins);
    }

    /** A sandbox in a network namespace of its own. */
    AttachRequest sandbox(int number, Capabilities capabilities) {
        String namespace = tag + "-" + number;
        run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        Map<String, String> arguments = AttachRequest.kubernetes("ns", "pod", "uid", namespace);
        return AttachRequest.ofPod(namespace, "/run/netns/" + namespace, arguments, capabilities);
    }

    /** The sandbox on the network; deleted at the end where the test has failed to. */
    Attachment attachment(Networks networks, AttachRequest sandbox) {
        Attachment attachment = networks.current().attachment(sandbox);
        undo.add(() -> networks.delete(attachment, Optional.empty()));
        return attachment;
    }

    void removeNamespace(AttachRequest sandbox) {
        run("ip", "netns", "delete", sandbox.containerId());
        namespaces.remove(sandbox.containerId());
    }

    /** What a command prints inside the sandbox. */
    String inside(AttachRequest sandbox, String... command) {
        List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", sandbox.containerId()));
        argv.addAll(Arrays.asList(command));
        return run(argv.toArray(String[]::new));
    }

    /** Serves the text by HTTP inside the sandbox, on this port, until the test ends. */
    void serve(AttachRequest sandbox, int port, String text) throws IOException {
        Path page = Files.createDirectories(temp.resolve("www")).resolve("index.html");
        Files.writeString(page, text);
        String root = page.getParent().toString();
        servers.add(new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        sandbox.containerId(),
                        "busybox",
                        "httpd",
                        "-f",
                        "-p",
                        "" + port,
                        "-h",
                        root)
                .start());
        String listening = "[::]:" + port;
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!inside(sandbox, "ss", "-Hltn").replace("*:", "[::]:").contains(listening)) {
            assertThat(System.nanoTime()).as("httpd listens").isLessThan(end);
        }
    }

    String run(String... argv) {
        Subprocess.Output output = subprocess.run(Command.of(LIMIT, List.of(argv)));
        assertThat(output.exitCode())
                .as(String.join(" ", argv) + ": " + output.err())
                .isZero();
        return output.out();
    }

    /** The addresses that are leased now. */
    List<String> leased() throws IOException {
        Path directory = leases().resolve(tag);
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("last_reserved") && !name.equals("lock"))
                    .toList();
        }
    }

    /** Every packet filter rule that names this network or its addresses. */
    List<String> rules() {
        String all = run("iptables-save") + run("ip6tables-save");
        return all.lines()
                .filter(line -> line.contains(tag)
                        || line.contains("10.209." + octet + ".")
                        || line.contains("fd00:209:" + Integer.toHexString(octet) + ":"))
                .toList();
    }

    /** The chains that only a sandbox of this network has: one a family and sandbox, by the rules that name it. */
    List<String> chains() {
        return rules().stream()
                .filter(rule -> rule.contains("-j CNI-"))
                .map(rule -> rule.replaceAll(".*-j ", ""))
                .toList();
    }

    @Override
    public void close() throws IOException {
        for (Process server : servers) {
            server.destroyForcibly().onExit().join();
        }
        List<String> rules = rules();
        List<String> leased = leased();
        if (!rules.isEmpty() || !leased.isEmpty()) {
            undo.forEach(Runnable::run);
        }
        List.copyOf(namespaces).forEach(namespace -> run("ip", "netns", "delete", namespace));
        if (run("ip", "-o", "link").contains(": " + tag + ":")) {
            run("ip", "link", "delete", tag);
        }
        assertThat(rules).as("packet filter rules left").isEmpty();
        assertThat(leased).as("leases left").isEmpty();
        assertThat(run("ip", "-o", "link")).doesNotContain(tag);
        watch.close();
    }
}
