package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import io.holdfast.work.Parallel;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugins of this machine, in real network namespaces. */
class RealPluginsTest {
    private static final String PORTMAP =
            ",{\"type\":\"portmap\",\"snat\":true,\"capabilities\":{\"portMappings\":true}}";

    @TempDir
    Path temp;

    private RealNetwork real;

    @BeforeEach
    void open() {
        real = new RealNetwork(temp);
    }

    @AfterEach
    void close() throws Exception {
        real.close();
    }

    @Test
    void aSandboxHasBothFamiliesAndAHostPortAndThenNothing() throws Exception {
        real.bridge("1.0.0", PORTMAP);
        Networks networks = real.networks();
        int hostPort = freePort();
        AttachRequest sandbox = real.sandbox(1, ports(hostPort, 8080));
        Attachment attachment = real.attachment(networks, sandbox);
        assertThat(networks.whyNotReady()).isEmpty();

        AddResult result = networks.add(attachment);

        assertThat(result.addresses()).hasSize(2);
        assertThat(result.addresses().getFirst()).startsWith("10.209.");
        assertThat(result.addresses().getLast()).startsWith("fd00:209:");
        assertThat(real.inside(sandbox, "ip", "-o", "address", "show", "dev", "eth0"))
                .contains(result.addresses().getFirst() + "/24");
        assertThat(result.interfaces()).extracting(AddResult.Interface::name).contains(real.tag(), "eth0");
        real.serve(sandbox, 8080, "held fast");
        assertThat(get("http://" + result.addresses().getFirst() + ":8080/")).isEqualTo("held fast");
        assertThat(get("http://[" + result.addresses().getLast() + "]:8080/")).isEqualTo("held fast");
        assertThat(get("http://127.0.0.1:" + hostPort + "/")).isEqualTo("held fast");

        networks.delete(attachment, Optional.of(result.json()));

        assertThat(real.leased()).isEmpty();
        assertThat(real.rules()).isEmpty();
        assertThat(real.inside(sandbox, "ip", "-o", "link")).doesNotContain("eth0");
        networks.delete(attachment, Optional.of(result.json()));
        networks.delete(attachment, Optional.empty());
    }

    /** What a DEL leaves that is cut off after its first step, or that iptables fails after it. */
    @Test
    void rulesThatAnotherDeleteNoLongerFindsGoAsWell() throws Exception {
        real.bridge("1.0.0", "");
        Networks networks = real.networks();
        AttachRequest sandbox = real.sandbox(1, Capabilities.none());
        AttachRequest other = real.sandbox(2, Capabilities.none());
        Attachment attachment = real.attachment(networks, sandbox);
        AddResult result = networks.add(attachment);
        AddResult others = networks.add(real.attachment(networks, other));
        int rules = real.rules().size();
        real.inside(sandbox, "ip", "link", "delete", "eth0");

        real.networks().delete(attachment, Optional.of(result.json()));

        assertThat(real.rules()).hasSize(rules / 2).allMatch(rule -> !rule.contains(attachment.containerId()));
        assertThat(real.chains()).hasSize(2);
        networks.delete(real.attachment(networks, other), Optional.of(others.json()));
        assertThat(real.chains()).isEmpty();
    }

    @Test
    void aDeleteThatFailsOnceIsDoneOnceMore() throws Exception {
        Path scripts = Files.createDirectory(temp.resolve("scripts"));
        String fails =
                "[ $CNI_COMMAND = DEL ] && mkdir " + temp + "/once 2>/dev/null && exit 1; cat " + temp + "/result";
        new ScriptPlugins(scripts).with("flaky", "1.0.0", fails);
        real.bridge("1.0.0", ",{\"type\":\"flaky\"}");
        Files.writeString(temp.resolve("result"), ScriptPlugins.RESULT);
        Networks networks = real.networks(List.of(scripts, Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni")));
        Attachment attachment = real.attachment(networks, real.sandbox(1, Capabilities.none()));
        AddResult result = networks.add(attachment);

        networks.delete(attachment, Optional.of(result.json()));

        assertThat(temp.resolve("once")).exists();
        assertThat(real.rules()).isEmpty();
        assertThat(real.leased()).isEmpty();
    }

    @Test
    void theDefaultNetworkWorks() throws Exception {
        var network = new DefaultNetwork(
                real.tag(),
                real.tag(),
                Subnet.parse(real.subnet()),
                Optional.of(Subnet.parse(real.subnet6())),
                real.leases());
        Path file = network.write(temp.resolve("."), RealNetwork.BIN_DIRS);
        assertThat(Files.readString(file)).contains("\"portmap\"", "\"bandwidth\"", "\"firewall\"");
        Networks networks = real.networks();
        assertThat(networks.whyNotReady()).isEmpty();
        int hostPort = freePort();
        AttachRequest sandbox = real.sandbox(1, ports(hostPort, 80));
        Attachment attachment = real.attachment(networks, sandbox);

        AddResult result = networks.add(attachment);

        assertThat(result.addresses()).hasSize(2);
        real.serve(sandbox, 80, "default");
        assertThat(get("http://127.0.0.1:" + hostPort + "/")).isEqualTo("default");
        networks.check(attachment, result.json());
        networks.delete(attachment, Optional.of(result.json()));
    }

    @Test
    void checkTellsAnInterfaceThatIsGone() throws Exception {
        real.config("1.0.0", """
            {"type":"bridge","bridge":"TAG","isGateway":true,
             "ipam":{"type":"host-local","dataDir":"LEASES","subnet":"SUBNET"}}\
            ,{"type":"tuning"}\
            """);
        Networks networks = real.networks();
        AttachRequest sandbox = real.sandbox(1, Capabilities.none());
        Attachment attachment = real.attachment(networks, sandbox);
        AddResult result = networks.add(attachment);

        networks.check(attachment, result.json());
        real.inside(sandbox, "ip", "link", "delete", "eth0");

        assertThatThrownBy(() -> networks.check(attachment, result.json()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("CNI CHECK", "plugin bridge");
        networks.delete(attachment, Optional.of(result.json()));
    }

    @Test
    void aLeaseIsReturnedWhenTheNamespaceIsGone() throws Exception {
        real.config("1.0.0", """
            {"type":"bridge","bridge":"TAG","isGateway":true,
             "ipam":{"type":"host-local","dataDir":"LEASES","subnet":"SUBNET"}}\
            """);
        Networks networks = real.networks();
        AttachRequest sandbox = real.sandbox(1, Capabilities.none());
        Attachment attachment = real.attachment(networks, sandbox);
        AddResult result = networks.add(attachment);
        assertThat(real.leased()).isEqualTo(result.addresses());
        real.removeNamespace(sandbox);

        networks.delete(attachment, Optional.of(result.json()));
        assertThat(real.leased()).isEmpty();
    }

    @Test
    void aPinThatIsAPlainFileAfterARebootIsNoNamespace() throws Exception {
        real.config("1.0.0", """
            {"type":"bridge","bridge":"TAG","isGateway":true,
             "ipam":{"type":"host-local","dataDir":"LEASES","subnet":"SUBNET"}}\
            """);
        Networks networks = real.networks();
        Path pin = Files.createFile(temp.resolve("pin"));
        var request = new AttachRequest("box", pin.toString(), "eth0", java.util.Map.of(), Capabilities.none());
        Files.createDirectories(real.leases().resolve(real.tag()));
        Files.writeString(real.leases().resolve(real.tag()).resolve("10.209.0.9"), "box\r\neth0");

        networks.delete(real.attachment(networks, request), Optional.empty());

        assertThat(real.leased()).isEmpty();
    }

    @Test
    void whatAFailedAddTookGoesWithTheDelete() throws Exception {
        Path scripts = Files.createDirectory(temp.resolve("scripts"));
        new ScriptPlugins(scripts).with("late", "1.0.0", "[ $CNI_COMMAND = DEL ] || exit 1");
        real.bridge("1.0.0", ",{\"type\":\"late\"}");
        Networks networks = real.networks(List.of(scripts, Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni")));
        AttachRequest sandbox = real.sandbox(1, Capabilities.none());
        Attachment attachment = real.attachment(networks, sandbox);

        assertThatThrownBy(() -> networks.add(attachment)).hasMessageContaining("plugin late");
        assertThat(real.leased()).hasSize(2);
        networks.delete(attachment, Optional.empty());

        assertThat(real.leased()).isEmpty();
        assertThat(real.inside(sandbox, "ip", "-o", "link")).doesNotContain("eth0");
    }

    @Test
    void manySandboxesAtOnceGetAddressesOfTheirOwn() throws Exception {
        real.config("0.4.0", """
            {"type":"bridge","bridge":"TAG","isGateway":true,
             "ipam":{"type":"host-local","dataDir":"LEASES","subnet":"SUBNET"}},{"type":"tuning"}\
            """);
        Networks networks = real.networks();
        List<Attachment> attachments = IntStream.range(0, 10)
                .mapToObj(number -> real.attachment(networks, real.sandbox(number, Capabilities.none())))
                .toList();

        List<AddResult> results = Parallel.map(attachments, attachments.size(), networks::add);

        List<String> addresses =
                results.stream().map(result -> result.addresses().getFirst()).toList();
        assertThat(new HashSet<>(addresses)).hasSize(10);
        Parallel.each(
                IntStream.range(0, 10).boxed().toList(),
                10,
                i -> networks.delete(
                        attachments.get(i), Optional.of(results.get(i).json())));
        assertThat(real.leased()).isEmpty();
    }

    @Test
    void anOldConfOfOnePluginWorks() throws Exception {
        Files.writeString(temp.resolve("10-net.conf"), """
            {"cniVersion":"0.3.1","name":"TAG","type":"ptp",
             "ipam":{"type":"host-local","dataDir":"LEASES","subnet":"SUBNET"}}\
            """.replace("TAG", real.tag())
                .replace("SUBNET", real.subnet())
                .replace("LEASES", real.leases().toString()));
        Networks networks = real.networks();
        Attachment attachment = real.attachment(networks, real.sandbox(1, Capabilities.none()));

        AddResult result = networks.add(attachment);

        assertThat(result.json()).contains("\"version\":\"4\"", "\"cniVersion\":\"0.3.1\"");
        networks.delete(attachment, Optional.of(result.json()));
        assertThat(real.leased()).isEmpty();
    }

    private static Capabilities ports(int hostPort, int containerPort) {
        return Capabilities.ofPorts(
                List.of(new Capabilities.PortMapping(hostPort, containerPort, "tcp", Optional.empty())));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String get(String url) throws IOException {
        try (var in = URI.create(url).toURL().openStream()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
