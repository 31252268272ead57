package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.PortMapping;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@Conformance
class NetworkTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    @Test
    void dnsConfigIsTheContainersResolvConf(Node node) {
        var pod = node.pod(p -> p.getDnsConfigBuilder()
                .addServers("10.10.10.10")
                .addServers("10.10.10.11")
                .addSearches("svc.cluster.local")
                .addSearches("cluster.local")
                .addOptions("ndots:5"));
        assertThat(pod.run().sh("cat /etc/resolv.conf").lines())
                .contains(
                        "nameserver 10.10.10.10",
                        "nameserver 10.10.10.11",
                        "search svc.cluster.local cluster.local",
                        "options ndots:5");
    }

    @Test
    void withoutDnsConfigTheHostsResolvConfHolds(Node node) throws IOException {
        var hosts = Files.readString(Path.of("/etc/resolv.conf")).stripTrailing();
        assertThat(node.pod().run().sh("cat /etc/resolv.conf")).isEqualTo(hosts);
    }

    @Test
    void theHostnameIsThePods(Node node) {
        var container = node.pod(p -> p.setHostname("a-pods-name")).run();
        assertThat(container.sh("hostname")).isEqualTo("a-pods-name");
        assertThat(container.sh("cat /etc/hostname")).isEqualTo("a-pods-name");
        assertThat(container.sh("echo $HOSTNAME")).isEqualTo("a-pods-name");
    }

    @Test
    void theLoopbackIsUp(Node node) {
        assertThat(node.pod().run().sh("ip -o link show lo")).contains("UP");
    }

    @Test
    void thePodsAddressIsItsInterfaces(Node node) {
        var pod = node.pod();
        assertThat(pod.run().sh("ip -o -4 addr show eth0")).contains(" " + pod.ip() + "/");
    }

    @Test
    void containersOfOnePodReachEachOtherOnLocalhost(Node node) {
        var pod = node.pod();
        pod.run(c -> serve(node, c));
        var client = pod.run();
        Await.until("the web server", SOON, () -> client.exitCode("wget -qO- http://127.0.0.1/") == 0);
    }

    @Test
    void onePodReachesAnother(Node node) {
        var server = node.pod();
        server.run(c -> serve(node, c));
        var client = node.pod().run();
        var fetch = "wget -qO- http://" + server.ip() + "/";
        Await.until("the other pod's server", SOON, () -> client.exitCode(fetch) == 0);
        assertThat(client.sh(fetch)).isEqualTo("holdfast serves");
    }

    @Test
    void aContainerPortIsReachedAtThePodsAddress(Node node) {
        var pod = node.pod(p -> p.addPortMappings(port(0, "")));
        pod.run(c -> serve(node, c));
        awaitPage("http://" + pod.ip() + "/");
    }

    @Test
    void aHostPortIsReachedAtTheHostsAddress(Node node) {
        var hostPort = LoopbackRegistry.freePort();
        var pod = node.pod(p -> p.addPortMappings(port(hostPort, "")));
        pod.run(c -> serve(node, c));
        awaitPage("http://127.0.0.1:" + hostPort + "/");
        awaitPage("http://" + gatewayOf(pod.ip()) + ":" + hostPort + "/");
    }

    @Test
    void aHostPortOfOneAddressIsReachedThere(Node node) {
        var hostPort = LoopbackRegistry.freePort();
        var pod = node.pod(p -> p.addPortMappings(port(hostPort, "127.0.0.1")));
        pod.run(c -> serve(node, c));
        awaitPage("http://127.0.0.1:" + hostPort + "/");
    }

    @Test
    void aHostPortIsFreeAgainAfterTheSandboxStops(Node node) {
        var hostPort = LoopbackRegistry.freePort();
        var pod = node.pod(p -> p.addPortMappings(port(hostPort, "")));
        pod.run(c -> serve(node, c));
        awaitPage("http://127.0.0.1:" + hostPort + "/");
        pod.stop();
        Await.until(
                "the port to be closed",
                SOON,
                () -> page("http://127.0.0.1:" + hostPort + "/").isEmpty());
        var next = node.pod(p -> p.addPortMappings(port(hostPort, "")));
        next.run(c -> serve(node, c));
        awaitPage("http://127.0.0.1:" + hostPort + "/");
    }

    @Test
    void onTheHostsNetworkAServerIsReachedOnTheHost(Node node) {
        var listening = LoopbackRegistry.freePort();
        var pod = node.pod(PodSandboxTest::onHostNetwork);
        pod.run(c -> {
            c.getImageBuilder().setImage(node.reference(TestImages.WEB));
            c.clearCommand().clearArgs().addCommand("httpd").addArgs("-f").addArgs("-p");
            c.addArgs("127.0.0.1:" + listening).addArgs("-h").addArgs("/www");
        });
        awaitPage("http://127.0.0.1:" + listening + "/");
    }

    @Test
    void onTheHostsNetworkTheHostnameIsTheHosts(Node node) throws IOException {
        var container = node.pod(PodSandboxTest::onHostNetwork).run();
        var host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        assertThat(container.sh("hostname")).isEqualTo(host);
    }

    private static void serve(Node node, Cri.ContainerConfig.Builder container) {
        container.getImageBuilder().setImage(node.reference(TestImages.WEB));
        container.clearCommand().clearArgs();
    }

    private static PortMapping port(int hostPort, String hostIp) {
        return PortMapping.newBuilder()
                .setProtocol(Cri.Protocol.TCP)
                .setContainerPort(80)
                .setHostPort(hostPort)
                .setHostIp(hostIp)
                .build();
    }

    /** An address that is the host's as its pods see it: the one it routes to the pod from. */
    private static String gatewayOf(String podIp) {
        var route = Shell.run("ip", "-o", "route", "get", podIp);
        return route.replaceFirst("(?s).* src (\\S+).*", "$1");
    }

    private void awaitPage(String url) {
        Await.until("the page " + url, SOON, () -> page(url), "holdfast serves\n"::equals);
    }

    /** The page's text, or nothing where nobody serves it. */
    private String page(String url) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
