package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.metadata.Json;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttachmentTest {
    private static final Capabilities ALL = Capabilities.ofPorts(
                    List.of(new Capabilities.PortMapping(8080, 80, "tcp", Optional.of("127.0.0.1"))))
            .withBandwidth(new Capabilities.Bandwidth(
                    OptionalLong.of(8), OptionalLong.of(16), OptionalLong.empty(), OptionalLong.empty()))
            .withDns(new Capabilities.Dns(List.of("10.0.0.10"), List.of("svc"), List.of()))
            .withIpRanges(List.of(List.of(new Capabilities.IpRange(
                    "10.1.0.0/24", Optional.of("10.1.0.5"), Optional.empty(), Optional.of("10.1.0.1")))))
            .withAliases(List.of("web"))
            .withMac("02:00:00:00:00:09")
            .withInfinibandGuid("c2:11:22:33:44:55:66:77");

    @Test
    void aRecordOfItReadsBackEqual() throws Exception {
        Map<String, String> arguments = AttachRequest.kubernetes("ns", "pod", "uid", "box");
        Attachment attachment = new Attachment("n", "{}", "box", "/run/netns/box", "eth0", arguments, ALL);
        ObjectMapper mapper = Json.mapper();

        Attachment back = mapper.readValue(mapper.writeValueAsString(attachment), Attachment.class);

        assertThat(back).isEqualTo(attachment);
        assertThat(back.argumentText())
                .isEqualTo("IgnoreUnknown=1;K8S_POD_NAMESPACE=ns;K8S_POD_NAME=pod;"
                        + "K8S_POD_INFRA_CONTAINER_ID=box;K8S_POD_UID=uid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "portMappings|[{'hostPort':8080,'containerPort':80,'protocol':'tcp','hostIP':'127.0.0.1'}]",
                "bandwidth|{'ingressRate':8,'ingressBurst':16}",
                "dns|{'servers':['10.0.0.10'],'searches':['svc']}",
                "ipRanges|[[{'subnet':'10.1.0.0/24','rangeStart':'10.1.0.5','gateway':'10.1.0.1'}]]",
                "aliases|['web']",
                "mac|'02:00:00:00:00:09'",
                "infinibandGUID|'c2:11:22:33:44:55:66:77'",
            })
    void aPluginIsGivenWhatItDeclaresAndNothingElse(String capability, String value) {
        assertThat(ALL.runtimeConfig(Set.of(capability, "unknown")).toString())
                .isEqualTo(("{'" + capability + "':" + value + "}").replace('\'', '"'));
    }

    @Test
    void noValueIsNotPassedAsAnEmptyOne() {
        assertThat(Capabilities.none().runtimeConfig(Set.of("portMappings", "dns", "aliases", "ipRanges")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a;B=c", "a=b", "a\nb", "a\u0000b"})
    void aValueThatWouldBeSeveralArgumentsIsRefused(String value) {
        assertThatThrownBy(() -> attachment("box", "eth0", Map.of("K8S_POD_NAME", value)))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("K8S_POD_NAME");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|eth0",
                "../x|eth0",
                "-a|eth0",
                "box|''",
                "box|..",
                "box|a/b",
                "box|a b",
                "box|a:b",
                "box|abcdefghijklmnop"
            })
    void namesThatCniForbidsAreRefused(String containerId, String ifname) {
        assertThatThrownBy(() -> attachment(containerId, ifname, Map.of())).isInstanceOf(Failure.Invalid.class);
    }

    private static Attachment attachment(String containerId, String ifname, Map<String, String> arguments) {
        return new Attachment("n", "{}", containerId, "", ifname, arguments, Capabilities.none());
    }
}
