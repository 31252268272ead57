package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.grpc.Status;
import io.holdfast.it.ImageRecipe.Format;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.PodSandboxState;
import io.holdfast.runtime.v1.Cri.RuntimeCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Daemons configured in other ways than the one under test. */
@Conformance
@Tag("holdfast")
class ConfiguredDaemonTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void withoutANetworkConfigTheNetworkIsNotReadyAndSaysWhy(Rig rig) throws IOException {
        var daemon = rig.anotherDaemon("");
        var config = daemon.network().configDirectory().resolve("10-it.conflist");
        var aside = Files.move(config, config.resolveSibling("aside"));
        try (daemon) {
            daemon.start(type -> !type.equals("NetworkReady"));
            try (var endpoint = new Endpoint(daemon.socket());
                    var node = new Node(rig, endpoint)) {
                var network = network(endpoint);
                assertThat(network.getStatus()).isFalse();
                assertThat(network.getReason()).isNotEmpty();
                assertThat(network.getMessage()).contains(config.getParent().toString());
                assertThat(Node.refusal(node::pod).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(node.pod(PodSandboxTest::onHostNetwork).run().sh("echo runs"))
                        .isEqualTo("runs");
                Files.move(aside, config, StandardCopyOption.ATOMIC_MOVE);
                Await.until(
                        "the network to be ready", SOON, () -> network(endpoint).getStatus());
                assertThat(node.pod().ip()).startsWith(daemon.network().prefix());
            }
        }
    }

    @Test
    void aPodHasAnAddressOfEachFamilyWhereTheNetworkHasBoth(Rig rig) throws IOException {
        var daemon = rig.anotherDaemon("");
        var config = daemon.network().configDirectory().resolve("10-it.conflist");
        var both = Files.readString(config)
                .replace("/24\"}]]", "/24\"}], [{\"subnet\": \"fd00:1f:1f::/64\"}]]")
                .replace("{\"dst\": \"0.0.0.0/0\"}", "{\"dst\": \"0.0.0.0/0\"}, {\"dst\": \"::/0\"}");
        Files.writeString(config, both);
        try (daemon) {
            daemon.start();
            try (var endpoint = new Endpoint(daemon.socket());
                    var node = new Node(rig, endpoint)) {
                var server = node.pod();
                var network = server.status().getNetwork();
                assertThat(network.getIp()).startsWith(daemon.network().prefix());
                assertThat(network.getAdditionalIpsList()).hasSize(1);
                var second = network.getAdditionalIps(0).getIp();
                assertThat(second).startsWith("fd00:1f:1f:");
                server.run("httpd -f -p [::]:80 -h /www");
                var client = node.pod().run();
                var fetch = "wget -qO- http://[" + second + "]/";
                Await.until("the server's other address", SOON, () -> client.exitCode(fetch) == 0);
            }
        }
    }

    /** As such images were and are made: the format, how the program is named, and who runs it. */
    static Stream<Arguments> pauseImages() {
        var program = List.of("/pause", "-P");
        return Stream.of(
                arguments("3.7", Format.DOCKER, Map.of("Cmd", program), 0),
                arguments("3.9", Format.OCI, Map.of("Entrypoint", program, "User", "65535:65535"), 65535));
    }

    @ParameterizedTest
    @MethodSource("pauseImages")
    void aPauseImageIsPulledWhenMissingAndPinned(
            String version, Format format, Map<String, Object> config, long user, Rig rig) throws IOException {
        var reference = "registry.k8s.io/pause:" + version;
        var program = new Layer().copy("pause", 0755, Path.of("/usr/bin/catatonit"));
        new ImageRecipe(List.of(program.packed()), config, format).push(rig.registry(), "pause", version);
        var daemon = rig.anotherDaemon("[sandbox]\nimage = \"" + reference + "\"\n");
        mirror(daemon, "registry.k8s.io", "http://" + rig.registry().host());
        try (daemon) {
            daemon.start();
            try (var endpoint = new Endpoint(daemon.socket());
                    var node = new Node(rig, endpoint)) {
                var pod = node.pod();
                assertThat(pod.status().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
                var image = node.imageStatus(reference).getImage();
                assertThat(image.getPinned()).isTrue();
                var pause = Processes.onHost(pod.config().getLinux().getCgroupParent())
                        .getFirst();
                assertThat(Shell.run("cat", "/proc/" + pause + "/cmdline")).startsWith("/pause");
                assertThat(Processes.field(Shell.run("cat", "/proc/" + pause + "/status"), "Uid"))
                        .startsWith(user + " ");
            }
        }
    }

    @Test
    void aMirrorThatIsDownIsPassedOver(Rig rig) throws IOException {
        var daemon = rig.anotherDaemon("");
        var down = "http://127.0.0.1:" + LoopbackRegistry.freePort();
        mirror(daemon, "docker.io", down, "http://" + rig.registry().host());
        new ImageRecipe(List.of(new Layer().file("x", "").packed()), Map.of())
                .push(rig.registry(), "library/mirrored", "latest");
        try (daemon) {
            daemon.start();
            try (var endpoint = new Endpoint(daemon.socket());
                    var node = new Node(rig, endpoint)) {
                var id = node.pull("mirrored");
                assertThat(node.imageStatus("docker.io/library/mirrored:latest")
                                .getImage()
                                .getId())
                        .isEqualTo(id);
                assertThat(node.imageStatus("mirrored:latest").getImage().getRepoTagsList())
                        .containsExactly("docker.io/library/mirrored:latest");
            }
        }
    }

    private static RuntimeCondition network(Endpoint endpoint) {
        var status = endpoint.runtime().status(Cri.StatusRequest.getDefaultInstance());
        return status.getStatus().getConditionsList().stream()
                .filter(condition -> condition.getType().equals("NetworkReady"))
                .findFirst()
                .orElseThrow();
    }

    private static void mirror(HoldfastDaemon daemon, String host, String... mirrors) throws IOException {
        var text = new StringBuilder("server = \"" + mirrors[mirrors.length - 1] + "\"\n");
        for (var mirror : mirrors) {
            text.append("\n[host.\"").append(mirror).append("\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        }
        var directory = Files.createDirectories(daemon.registries().resolve(host));
        Files.writeString(directory.resolve("hosts.toml"), text);
    }
}
