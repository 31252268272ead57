package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddResultTest {

    @Test
    void onlyTheSandboxInterfacesAddressesCountInTheirOrder() {
        AddResult result = AddResult.of(CniJson.parse("""
            {"cniVersion":"1.0.0",
             "interfaces":[{"name":"br0","mac":"02:00:00:00:00:01"},{"name":"veth1"},
                           {"name":"eth0","mac":"02:00:00:00:00:02","sandbox":"/run/netns/x"},
                           {"name":"eth1","sandbox":"/run/netns/x"}],
             "ips":[{"address":"fd00::7/64","interface":2,"gateway":"fd00::1"},
                    {"address":"192.0.2.1/24","interface":0},
                    {"address":"198.51.100.1/24","interface":3},
                    {"address":"10.1.0.7/16","interface":2},
                    {"address":"10.9.0.1"}],
             "routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1"},{"dst":"::/0"}],
             "dns":{"nameservers":["10.1.0.1"],"domain":"d","search":["s"],"options":["o"]}}\
            """), "eth0");

        assertThat(result.addresses()).containsExactly("fd00::7", "10.1.0.7", "10.9.0.1");
        assertThat(result.ips()).contains(new AddResult.Ip("fd00::7", 64, Optional.of("fd00::1")));
        assertThat(result.ips().getLast().prefix()).isEqualTo(32);
        assertThat(result.interfaces()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"routes\":7", "\"routes\":[{\"dst\":7}]", "\"dns\":[]", "\"dns\":{\"search\":7}"})
    void whatOnlyPluginsReadIsTheirsWhateverItIs(String field) {
        AddResult result =
                AddResult.of(CniJson.parse("{\"ips\":[{\"address\":\"10.1.0.7/16\"}]," + field + "}"), "eth0");

        assertThat(result.addresses()).containsExactly("10.1.0.7");
        assertThat(result.json()).contains(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ips\":[{\"address\":\"host.example/24\"}]}",
                "{\"ips\":[{\"address\":\"10.0.0.1/33\"}]}",
                "{\"ips\":[{\"address\":\"10.0.0.1/x\"}]}",
                "{\"ips\":[{\"address\":\"10.0.0.256/8\"}]}",
                "{\"ips\":[{}]}",
                "{\"ips\":[7]}",
                "{\"ips\":{}}",
                "{\"ips\":[{\"address\":\"10.0.0.1/8\",\"interface\":0}]}",
                "{\"interfaces\":[{}],\"ips\":[{\"address\":\"10.0.0.1/8\",\"interface\":-1}]}",
            })
    void aMalformedResultIsRefusedByField(String text) {
        assertThatThrownBy(() -> AddResult.of(CniJson.parse(text), "eth0"))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageContaining("ips");
    }

    @Test
    void moreAddressesThanAnySandboxHasAreRefused() {
        String ips = IntStream.range(0, 300)
                .mapToObj(i -> "{\"address\":\"10.0." + i / 256 + "." + i % 256 + "/8\"}")
                .collect(Collectors.joining(","));
        assertThatThrownBy(() -> AddResult.of(CniJson.parse("{\"ips\":[" + ips + "]}"), "eth0"))
                .hasMessageContaining("300 addresses");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1.1.0|{'cniVersion':'1.1.0','interfaces':[{'name':'e','mtu':9,'pciID':'p','socketPath':'s'}],'ips':[{'address':'fd00::1/64'}],'routes':[{'dst':'::/0','mtu':9,'x':1}],'own':2}",
                "1.0.0|{'cniVersion':'1.0.0','interfaces':[{'name':'e'}],'ips':[{'address':'fd00::1/64'}],'routes':[{'dst':'::/0','x':1}],'own':2}",
                "0.4.0|{'cniVersion':'0.4.0','interfaces':[{'name':'e'}],'ips':[{'address':'fd00::1/64','version':'6'}],'routes':[{'dst':'::/0','x':1}],'own':2}",
                "0.3.1|{'cniVersion':'0.3.1','interfaces':[{'name':'e'}],'ips':[{'address':'fd00::1/64','version':'6'}],'routes':[{'dst':'::/0','x':1}],'own':2}",
            })
    void aResultHasTheShapeOfTheVersionThatReadsIt(String version, String expected) {
        var newest = CniJson.parse("""
            {"cniVersion":"1.1.0","interfaces":[{"name":"e","mtu":9,"pciID":"p","socketPath":"s"}],
             "ips":[{"address":"fd00::1/64"}],"routes":[{"dst":"::/0","mtu":9,"x":1}],"own":2}\
            """);

        var converted = ResultFormat.convert(newest, CniVersion.parse(version));

        assertThat(converted).isEqualTo(CniJson.parse(expected.replace('\'', '"')));
        assertThat(ResultFormat.convert(converted, CniVersion.V1_0_0))
                .isEqualTo(ResultFormat.convert(newest, CniVersion.V1_0_0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"10.0.0.1/8\"}}|CNI 0.2.0",
                "{\"ip4\":{\"ip\":\"10.0.0.1/8\"}}|ip4 or ip6",
                "{\"cniVersion\":\"2.0.0\",\"ips\":[]}|CNI 2.0.0",
                "garbage|not JSON",
                "''|empty"
            })
    void resultsOfOtherShapesAreRefusedClearly(String printed, String message) {
        assertThatThrownBy(() -> ResultFormat.parse(printed, CniVersion.V1_0_0)).hasMessageContaining(message);
    }

    @Test
    void aResultThatDoesNotSayItsVersionIsOfTheOneAsked() {
        assertThat(ResultFormat.parse("{}", CniVersion.V0_3_1).toString()).isEqualTo("{\"cniVersion\":\"0.3.1\"}");
    }
}
