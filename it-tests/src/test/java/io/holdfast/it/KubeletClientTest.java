package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pod's life through the Go modules that a kubelet calls a runtime with; the program is in {@code kubeclient/}. */
@Conformance
class KubeletClientTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKubeletsClientLeadsAPodThroughItsLife(boolean streaming, Rig rig) {
        var program = build(rig.directory());
        var cgroup = rig.scratch().podCgroup(UUID.randomUUID().toString());
        var outcome = Shell.attempt(
                program.toString(),
                "-endpoint=unix://" + rig.endpoint().socket(),
                "-image=" + rig.registry().host() + "/" + TestImages.DIFFERENT + ":2",
                "-missing=" + rig.registry().host() + "/it/never-pushed:1",
                "-handler=" + rig.handler(),
                "-logs=" + rig.directory(),
                "-cgroup=" + cgroup,
                "-streaming=" + streaming);
        rig.scratch().removeCgroup(cgroup);
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).doesNotContain("FAIL");
    }

    private static Path build(Path directory) {
        var go = Optional.ofNullable(System.getenv("GO")).orElse("go");
        var program = directory.resolve("kubeclient");
        Shell.run(go, "build", "-C", Path.of("kubeclient").toAbsolutePath().toString(), "-o", program.toString(), ".");
        return program;
    }
}
