package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    @ParameterizedTest
    @CsvSource({
        "SIGTERM,15",
        "TERM,15",
        "term,15",
        "sigquit,3",
        "9,9",
        "SIGSYS,31",
        "HUP,1",
        "RTMIN,34",
        "SIGRTMIN+3,37",
        "RTMAX-1,63",
        "SIGRTMAX,64",
        "64,64",
        "IOT,6",
        "SIGPOLL,29",
        "SIGRTMIN+30,64"
    })
    void aSignalIsKnownByNameAndNumber(String text, int number) {
        assertThat(Signals.parse("stop_signal", text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SIG",
                "0",
                "65",
                "-1",
                "SIGKILL+999",
                "RTMIN+31",
                "RTMIN+",
                "RTMIN+-1",
                "RTMAX-31",
                "٣",
                "SIGSIGTERM",
                "99999999999",
                "TERM;",
                "1 5"
            })
    void anythingElseIsNone(String text) {
        assertThatThrownBy(() -> Signals.parse("stop_signal", text))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("stop_signal");
    }

    @Test
    void everyNameIsThatOfItsNumber() {
        for (int number = 1; number <= 64; number++) {
            assertThat(Signals.parse("s", Signals.name(number))).isEqualTo(number);
        }
    }
}
