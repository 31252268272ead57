package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the build puts together is whole. */
@Conformance
@Tag("holdfast")
class DistributionTest {
    /** The JVM's own log, as in {@code [0.012s][warning][aot] …}. */
    private static final Pattern COMPLAINT_OF_THE_JVM = Pattern.compile(
            "^\\[[^]]*]\\[(warning|error)|^(OpenJDK|Java HotSpot).*[Ww]arning|^WARNING: ", Pattern.MULTILINE);

    @Test
    void theStartUpCacheIsThereAndUsed(Rig rig) {
        assertThat(HoldfastDaemon.distribution().resolve("lib/holdfast.aot"))
                .isRegularFile()
                .isNotEmptyFile();
        assertThat(rig.daemon().orElseThrow().logText()).doesNotContainPattern(COMPLAINT_OF_THE_JVM);
    }

    @Test
    void aDaemonThatCannotStartSaysWhyInOneLine(Rig rig) throws IOException {
        var config = Files.writeString(rig.directory().resolve("c.toml"), "root = \"/proc/none/root\"\n");
        var daemon = HoldfastDaemon.distribution().resolve("bin/holdfastd").toString();
        var outcome = Shell.attempt(daemon, "--config", config.toString());
        assertThat(outcome.exitCode()).isOne();
        assertThat(outcome.output().lines())
                .singleElement()
                .asString()
                .startsWith("holdfastd: ")
                .contains("/proc/none");
    }

    @Test
    void theVersionIsTheBuilds(Rig rig) {
        var daemon = rig.daemon().orElseThrow();
        var told = Shell.run(
                daemon.command().toString(),
                "version",
                "--socket",
                daemon.socket().toString());
        assertThat(told).contains("CRI v1").doesNotContain("development");
    }
}
