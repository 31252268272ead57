package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The calls that plugins get, seen by plugins that write them down. */
class ChainTest {
    private static final String ECHO = "echo '" + ScriptPlugins.RESULT + "'";
    private static final String ALL = "0.3.1 0.4.0 1.0.0 1.1.0";

    @TempDir
    Path temp;

    private final Kernel kernel = new Kernel();
    private final ProcessWatch watch = new ProcessWatch(kernel);
    private final List<PluginRun> runs = Collections.synchronizedList(new ArrayList<>());
    private ScriptPlugins plugins;
    private Path conf;
    private Networks networks;

    @BeforeEach
    void open() throws IOException {
        plugins = new ScriptPlugins(Files.createDirectory(temp.resolve("bin")));
        conf = Files.createDirectory(temp.resolve("net.d"));
        var settings = new Networks.Settings(
                conf,
                List.of(temp.resolve("absent"), plugins.directory()),
                Duration.ofSeconds(5),
                Duration.ofMillis(0));
        networks = new Networks(settings, kernel, watch, runs::add);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void addGoesForwardWithEachResultAndDeleteBackwardWithTheLast() throws IOException {
        plugins.with("first", ALL, ECHO)
                .with("second", ALL, "echo '" + ScriptPlugins.RESULT.replace(".7/", ".8/") + "'");
        network("1.0.0", "{\"type\":\"first\"},{\"type\":\"second\"}");
        Attachment attachment = attachment(Capabilities.none());

        AddResult result = networks.add(attachment);
        networks.delete(attachment, Optional.of(result.json()));

        assertThat(result.addresses()).containsExactly("10.1.0.8");
        assertThat(plugins.calls()).containsExactly("ADD first", "ADD second", "DEL second", "DEL first");
        assertThat(plugins.stdin("first", "ADD").has("prevResult")).isFalse();
        assertThat(address("second", "ADD")).isEqualTo("10.1.0.7/24");
        assertThat(address("second", "DEL")).isEqualTo("10.1.0.8/24");
        assertThat(address("first", "DEL")).isEqualTo("10.1.0.8/24");
        assertThat(runs).extracting(PluginRun::command).contains("VERSION", "ADD", "DEL");
        assertThat(runs).allMatch(run -> run.succeeded() && run.took().isPositive());
    }

    @Test
    void theEnvironmentIsCnisVariablesAndPathAlone() throws IOException {
        plugins.with("first", ALL, ECHO);
        network("1.0.0", "{\"type\":\"first\"}");

        networks.add(attachment(Capabilities.none()));

        assertThat(plugins.environment("first", "ADD"))
                .contains(
                        "CNI_COMMAND=ADD",
                        "CNI_CONTAINERID=box",
                        "CNI_IFNAME=eth0",
                        "CNI_NETNS=/run/netns/box",
                        "CNI_PATH=" + temp.resolve("absent") + ":" + plugins.directory(),
                        "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=ns;K8S_POD_NAME=pod;"
                                + "K8S_POD_INFRA_CONTAINER_ID=box;K8S_POD_UID=uid")
                .allMatch(line -> line.matches("(CNI_[A-Z]+|PATH|PWD|SHLVL|_|OLDPWD)=.*"));
    }

    @Test
    void runtimeValuesReachThePluginsThatDeclareThem() throws IOException {
        plugins.with("first", ALL, ECHO).with("second", ALL, ECHO);
        network("1.0.0", "{\"type\":\"first\"},{\"type\":\"second\",\"capabilities\":{\"portMappings\":true}}");

        networks.add(attachment(
                Capabilities.ofPorts(List.of(new Capabilities.PortMapping(81, 80, "udp", Optional.empty())))));

        assertThat(plugins.stdin("first", "ADD").has("runtimeConfig")).isFalse();
        assertThat(plugins.stdin("second", "ADD").has("capabilities")).isFalse();
        assertThat(plugins.stdin("second", "ADD")
                        .at("/runtimeConfig/portMappings/0/hostPort")
                        .intValue())
                .isEqualTo(81);
    }

    @Test
    void deleteUsesTheConfigOfItsAddWhateverTheDirectorySaysNow() throws IOException {
        plugins.with("first", ALL, ECHO);
        network("1.0.0", "{\"type\":\"first\",\"generation\":1}");
        Attachment attachment = attachment(Capabilities.none());
        Files.delete(conf.resolve("10-net.conflist"));

        networks.delete(attachment, Optional.empty());

        assertThat(plugins.stdin("first", "DEL").path("generation").intValue()).isEqualTo(1);
        assertThat(plugins.stdin("first", "DEL").has("prevResult")).isFalse();
        assertThat(plugins.environment("first", "DEL")).contains("CNI_NETNS=");
    }

    @ParameterizedTest
    @CsvSource({
        "0.3.1 0.4.0, 1.0.0, 0.4.0, 4",
        "0.3.1, 1.1.0, 0.3.1, 4",
        "1.0.0 1.1.0, 1.1.0, 1.1.0, ''",
        "0.3.0 0.3.1 0.4.0 1.0.0 1.1.0 1.2.0, 1.0.0, 1.0.0, ''"
    })
    void eachPluginIsCalledAtTheHighestVersionShared(String speaks, String config, String called, String ipVersion)
            throws IOException {
        plugins.with("first", ALL, ECHO).with("second", speaks, "echo \"$in\" | sed 's/.*\"prevResult\"://; s/}$//'");
        network(config, "{\"type\":\"first\"},{\"type\":\"second\"}");

        AddResult result = networks.add(attachment(Capabilities.none()));

        var told = plugins.stdin("second", "ADD");
        assertThat(told.path("cniVersion").textValue()).isEqualTo(called);
        assertThat(told.at("/prevResult/cniVersion").textValue()).isEqualTo(called);
        assertThat(told.at("/prevResult/ips/0/version").asText()).isEqualTo(ipVersion);
        assertThat(CniJson.parse(result.json()).path("cniVersion").textValue()).isEqualTo(config);
    }

    @Test
    void versionsAreAskedOnceUntilTheBinaryChanges() throws IOException {
        plugins.with("first", ALL, ECHO);
        network("1.0.0", "{\"type\":\"first\"}");
        Attachment attachment = attachment(Capabilities.none());
        networks.add(attachment);
        networks.delete(attachment, Optional.empty());
        assertThat(plugins.versionCalls()).isEqualTo(1);

        plugins.with("first", "0.4.0", ECHO);
        networks.add(attachment);
        assertThat(plugins.versionCalls()).isEqualTo(2);
        assertThat(plugins.stdin("first", "ADD").path("cniVersion").textValue()).isEqualTo("0.4.0");
    }

    @Test
    void aPluginThatIsTooOldIsNamed() throws IOException {
        plugins.with("first", "0.1.0 0.2.0", ECHO);
        network("1.0.0", "{\"type\":\"first\"}");
        assertThatThrownBy(() -> networks.add(attachment(Capabilities.none())))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("plugin first speaks [0.1.0, 0.2.0]");
    }

    @Test
    void aFailedDeleteStopsThereAndCanBeRepeated() throws IOException {
        plugins.with("first", ALL, "")
                .with("second", ALL, "[ -e " + temp + "/ok ] || { echo '{\"code\":11,\"msg\":\"busy\"}'; exit 1; }");
        network("1.0.0", "{\"type\":\"first\"},{\"type\":\"second\"}");
        Attachment attachment = attachment(Capabilities.none());

        assertThatThrownBy(() -> networks.delete(attachment, Optional.empty()))
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("DEL of network net")
                .hasMessageContaining("plugin second: busy");
        assertThat(plugins.calls()).containsExactly("DEL second", "DEL second"); // once more at once, and no further

        Files.createFile(temp.resolve("ok"));
        networks.delete(attachment, Optional.empty());
        assertThat(plugins.calls()).endsWith("DEL second", "DEL first");
    }

    @Test
    void checkAsksThePluginsThatKnowItUnlessDisabled() throws IOException {
        plugins.with("first", ALL, "").with("old", "0.3.1", "");
        network("1.0.0", "{\"type\":\"first\"},{\"type\":\"old\"}");
        networks.check(attachment(Capabilities.none()), ScriptPlugins.RESULT);
        assertThat(plugins.calls()).containsExactly("CHECK first");
        assertThat(address("first", "CHECK")).isEqualTo("10.1.0.7/24");

        Files.writeString(
                conf.resolve("10-net.conflist"),
                "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"disableCheck\":true,\"plugins\":[{\"type\":\"first\"}]}");
        networks.check(attachment(Capabilities.none()), ScriptPlugins.RESULT);
        assertThat(plugins.calls()).hasSize(1);
    }

    @Test
    void gcTellsNewPluginsWhichAttachmentsAreValid() throws IOException {
        plugins.with("first", ALL, "").with("old", "1.0.0", "");
        network("1.1.0", "{\"type\":\"first\"},{\"type\":\"old\"}");

        networks.gc(List.of(attachment(Capabilities.none())));

        assertThat(plugins.calls()).containsExactly("GC first");
        assertThat(plugins.stdin("first", "GC").get("cni.dev/valid-attachments").toString())
                .isEqualTo("[{\"containerID\":\"box\",\"ifname\":\"eth0\"}]");
        assertThat(plugins.environment("first", "GC")).noneMatch(line -> line.startsWith("CNI_CONTAINERID"));

        Files.writeString(
                conf.resolve("10-net.conflist"),
                "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"disableGC\":true,\"plugins\":[{\"type\":\"first\"}]}");
        networks.gc(List.of());
        assertThat(plugins.calls()).hasSize(1);
    }

    @Test
    void noNetworkIsUnavailableAndSaysWhy() {
        assertThatThrownBy(networks::current)
                .isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("no CNI network config in " + conf);
    }

    private String address(String type, String command) {
        return plugins.stdin(type, command).at("/prevResult/ips/0/address").textValue();
    }

    private void network(String version, String list) throws IOException {
        Files.writeString(
                conf.resolve("10-net.conflist"),
                "{\"cniVersion\":\"" + version + "\",\"name\":\"net\",\"plugins\":[" + list + "]}");
    }

    private Attachment attachment(Capabilities capabilities) {
        Map<String, String> arguments = AttachRequest.kubernetes("ns", "pod", "uid", "box");
        return networks.current().attachment(AttachRequest.ofPod("box", "/run/netns/box", arguments, capabilities));
    }
}
