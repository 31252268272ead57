package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.work.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeLogTest {
    @Test
    void errorsAreJoinedWithoutTheNoiseAndWarningsLeftOut() {
        RuntimeLog log = RuntimeLog.of("""
            {"level":"warning","msg":"old kernel"}
            {"level":"error","msg":"runc create failed: unable to start container process: no luck"}
            {"level":"error","msg":"second"}
            """);
        assertThat(log.text()).isEqualTo("no luck; second");
    }

    @Test
    void textThatIsNoJsonIsTakenAsItIs() {
        assertThat(RuntimeLog.of("plain trouble\n{broken json\n").text()).isEqualTo("plain trouble; {broken json");
    }

    @Test
    void nothingSaidIsSaidSo() {
        assertThat(RuntimeLog.of("\n").isEmpty()).isTrue();
        assertThat(RuntimeLog.of("").failure("doing it"))
                .isInstanceOf(Failure.Broken.class)
                .hasMessage("doing it: it failed and did not say why");
    }

    @Test
    void aFloodIsCut() {
        assertThat(RuntimeLog.of("x".repeat(100_000)).text()).hasSizeLessThan(1100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "executable file `x` not found in $PATH: No such file or directory",
                "open executable: Permission denied",
                "runc create failed: unable to start container process: exec: \"/x\": stat /x: no such file",
                "exec container process `/bin/x`: Exec format error"
            })
    void aProgramThatCannotRunIsTheRequestsFault(String said) {
        assertThat(RuntimeLog.of(said).failure("creating")).isInstanceOf(Failure.Invalid.class);
    }
}
