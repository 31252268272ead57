package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.container.Security.SelinuxLabel;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.Kernel;
import io.holdfast.metadata.Json;
import io.holdfast.oci.Seccomp;
import io.holdfast.oci.Spec;
import io.holdfast.oci.SpecJson;
import io.holdfast.sandbox.SandboxConfig.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Whole config.json files of pause processes as they are to be, but for the filter, which has a golden file with the
 * containers'. After a wanted change run this test with -Dholdfast.golden=write and read the difference.
 */
class PauseSpecTest {
    private static final Path GOLDEN = Path.of("src/test/resources/io/holdfast/sandbox/golden");
    private static final boolean WRITE =
            System.getProperty("holdfast.golden", "").equals("write");
    private static final SelinuxLabel LABEL = new SelinuxLabel("", "", "", "s0:c1,c2");

    @Test
    void ofAPodAsAKubeletAsksForIt() throws IOException {
        SandboxConfig.Namespaces own = new SandboxConfig.Namespaces(Scope.POD, Scope.POD, Scope.POD);
        check("pod", config("/kubepods/burstable/pod1", Map.of("net.core.somaxconn", "1024"), own, Optional.of(LABEL)));
    }

    @Test
    void ofAPodOnTheHostsNamespacesInASlice() throws IOException {
        SandboxConfig.Namespaces host = new SandboxConfig.Namespaces(Scope.NODE, Scope.NODE, Scope.NODE);
        check("host", config("kubepods-burstable-pod1.slice", Map.of(), host, Optional.empty()));
    }

    @Test
    void whereTheKernelHasNoSelinuxALabelMeansNothing() {
        SandboxConfig.Namespaces own = new SandboxConfig.Namespaces(Scope.POD, Scope.POD, Scope.POD);
        Spec spec = spec(config("/p", Map.of(), own, Optional.of(LABEL)), false);
        assertThat(spec.process().selinuxLabel()).isEmpty();
        assertThat(spec.linux().mountLabel()).isEmpty();
    }

    @Test
    void aPartOfALabelThatWouldBreakOutOfItIsRefused() {
        SandboxConfig.Namespaces own = new SandboxConfig.Namespaces(Scope.POD, Scope.POD, Scope.POD);
        SandboxConfig config = config("/p", Map.of(), own, Optional.of(new SelinuxLabel("", "", "", "s0\",dev")));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> spec(config, true))
                .isInstanceOf(io.holdfast.work.Failure.Invalid.class);
    }

    @Test
    void aRecordOfBeforeWithWhatNothingEverReadIsRead() throws IOException {
        SandboxConfig.Namespaces own = new SandboxConfig.Namespaces(Scope.POD, Scope.POD, Scope.POD);
        SandboxConfig config = config("/p", Map.of(), own, Optional.of(LABEL));
        ObjectMapper mapper = Json.mapper();
        ObjectNode tree = mapper.valueToTree(config);
        tree.putObject("resources").put("cpuShares", 2);
        tree.putObject("overhead");
        ((ObjectNode) tree.get("security")).put("readonlyRootfs", true).putObject("seccomp");
        assertThat(mapper.treeToValue(tree, SandboxConfig.class)).isEqualTo(config);
    }

    private static void check(String name, SandboxConfig config) throws IOException {
        Spec spec = spec(config, true);
        assertThat(spec.linux().seccomp()).contains(Seccomp.pausing("x86_64"));
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode tree = (ObjectNode) mapper.readTree(SpecJson.render(spec));
        ((ObjectNode) tree.get("linux")).remove("seccomp");
        String actual = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n";
        Path file = GOLDEN.resolve(name + ".json");
        if (WRITE) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }

    private static Spec spec(SandboxConfig config, boolean selinux) {
        Instant noon = Instant.parse("2026-11-22T12:00:00Z");
        Sandbox sandbox = new Sandbox(
                "a1", config, "", "crun", noon, "boot", new SandboxState.Assembling(noon), List.of(), Optional.empty());
        PauseProgram program = new PauseProgram(
                Path.of("/var/lib/holdfast/pause/x"), List.of("/pause", "-P"), List.of(), 65535, 65535);
        KernelKeepers.Machine machine =
                new KernelKeepers.Machine(new Kernel(), Cgroup.at(Path.of("/sys/fs/cgroup")), -998, "x86_64", selinux);
        return PauseSpec.of(sandbox, program, new SandboxPaths(Path.of("/run/x"), false), machine);
    }

    private static SandboxConfig config(
            String cgroupParent,
            Map<String, String> sysctls,
            SandboxConfig.Namespaces namespaces,
            Optional<SelinuxLabel> label) {
        return new SandboxConfig(
                new SandboxConfig.PodMetadata("pod", "uid", "default", 0),
                "host",
                "",
                new SandboxConfig.Dns(List.of(), List.of(), List.of()),
                List.of(),
                Map.of(),
                Map.of(),
                cgroupParent,
                sysctls,
                namespaces,
                new SandboxConfig.SandboxSecurity(false, label));
    }
}
