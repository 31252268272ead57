package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.NamespaceMode;
import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodFileTest {
    private static final String POD = """
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: n, labels: {a: b}, annotations: {c: d}}
        spec:
          shareProcessNamespace: true
          runtimeClassName: runc
          volumes: [{name: v, hostPath: {path: /srv}}]
          containers:
            - name: one
              image: i:1
              command: [sleep]
              args: ["9"]
              workingDir: /w
              env: [{name: K, value: V}, {name: EMPTY}]
              ports: [{name: web, containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1, protocol: UDP}]
              volumeMounts: [{name: v, mountPath: /data, readOnly: true}]
              securityContext: {readOnlyRootFilesystem: true, runAsUser: 7, allowPrivilegeEscalation: false}
            - {name: two, image: i:2, securityContext: {privileged: true}}
        """;

    @Test
    void theSandboxIsWhatAKubeletWouldAskFor() {
        Cri.PodSandboxConfig config = messages(POD).sandbox();

        assertThat(config.getMetadata().getName()).isEqualTo("p");
        assertThat(config.getMetadata().getNamespace()).isEqualTo("n");
        assertThat(config.getMetadata().getUid()).hasSize(36);
        assertThat(config.getHostname()).isEqualTo("p");
        assertThat(config.getLogDirectory())
                .isEqualTo("/logs/n_p_" + config.getMetadata().getUid());
        assertThat(config.getLabelsMap()).containsEntry("a", "b");
        assertThat(config.getAnnotationsMap()).containsEntry("c", "d");
        assertThat(config.getPortMappings(0).toString())
                .isEqualTo("protocol: UDP\ncontainer_port: 80\nhost_port: 8080\nhost_ip: \"127.0.0.1\"\n");
        var security = config.getLinux().getSecurityContext();
        assertThat(security.getPrivileged()).isTrue();
        assertThat(security.getNamespaceOptions().getPid()).isEqualTo(NamespaceMode.POD);
        assertThat(security.getNamespaceOptions().getNetwork()).isEqualTo(NamespaceMode.POD);
    }

    @Test
    void eachContainerHasItsOwnFields() {
        Cri.ContainerConfig one = messages(POD).containers().getFirst();
        Cri.ContainerConfig two = messages(POD).containers().getLast();

        assertThat(one.getCommandList()).containsExactly("sleep");
        assertThat(one.getArgsList()).containsExactly("9");
        assertThat(one.getWorkingDir()).isEqualTo("/w");
        assertThat(one.getLogPath()).isEqualTo("one/0.log");
        assertThat(one.getEnvsList())
                .extracting(variable -> variable.getValue().toStringUtf8())
                .containsExactly("V", "");
        assertThat(one.getMounts(0).getHostPath()).isEqualTo("/srv");
        assertThat(one.getMounts(0).getReadonly()).isTrue();
        var confined = one.getLinux().getSecurityContext();
        assertThat(confined.getRunAsUser().getValue()).isEqualTo(7);
        assertThat(confined.hasRunAsGroup()).isFalse();
        assertThat(confined.getNoNewPrivs()).isTrue();
        assertThat(confined.getReadonlyRootfs()).isTrue();
        assertThat(confined.getMaskedPathsList()).contains("/proc/kcore");
        assertThat(two.getLinux().getSecurityContext().getPrivileged()).isTrue();
        assertThat(two.getLinux().getSecurityContext().getMaskedPathsList()).isEmpty();
    }

    @Test
    void theHostsNetworkLeavesTheHostnameAlone() {
        var config = messages("""
            {"metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}\
            """).sandbox();

        assertThat(config.getHostname()).isEmpty();
        assertThat(config.getMetadata().getNamespace()).isEqualTo("default");
        assertThat(config.getLinux().getSecurityContext().getNamespaceOptions().getNetwork())
                .isEqualTo(NamespaceMode.NODE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metadata: {name: p}|spec",
                "spec: {containers: [{name: c, image: i}]}|metadata",
                "{metadata: {name: p}, spec: {}}|spec.containers: at least one",
                "{metadata: {name: p}, spec: {containers: [{name: c}]}}|spec.containers[0].image",
                "{metadata: {name: p}, spec: {containers: [{name: c, image: i, resources:"
                        + " {}}]}}|spec.containers[0].resources",
                "{kind: Deployment, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}|only a Pod",
                "{metadata: {name: p}, spec: {containers: 7}}|spec.containers",
                "'{metadata: '|file",
                "''|file",
            })
    void whatIsWrongIsNamed(String text, String message) {
        assertThatThrownBy(() -> PodFile.parse("file", text))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining(message);
    }

    @Test
    void aMountWithoutItsVolumeAndAnUnknownProtocolAreRefused() {
        String mount = POD.replace("name: v, mountPath", "name: other, mountPath");
        assertThatThrownBy(() -> messages(mount).containers()).hasMessageContaining("there is no volume other");
        String protocol = POD.replace("UDP", "ICMP");
        assertThatThrownBy(() -> messages(protocol).sandbox()).hasMessageContaining("must be TCP, UDP or SCTP");
    }

    @Test
    void theFirstPodIsAPod() throws Exception {
        Path file = Path.of("../scripts/first-pod.yaml");
        PodFile pod = PodFile.parse(file.toString(), Files.readString(file));
        assertThat(pod.spec().containers())
                .extracting(PodFile.PodContainer::name)
                .containsExactly("web", "neighbour");
    }

    private static PodMessages messages(String text) {
        return new PodMessages(PodFile.parse("file", text), Path.of("/logs"));
    }
}
