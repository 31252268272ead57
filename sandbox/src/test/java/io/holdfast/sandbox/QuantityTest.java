package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "7,7",
        "1k,1000",
        "10M,10000000",
        "2G,2000000000",
        "3T,3000000000000",
        "1Ki,1024",
        "1.5Mi,1572864",
        "1.5Gi,1610612736",
        "4Ti,4398046511104",
        "0.5,1",
        "1.0001k,1001",
        "' 10M ',10000000",
        "9223372036854775.807k,9223372036854775807"
    })
    void aQuantityIsAWholeNumberRoundedUp(String text, long value) {
        assertThat(Quantity.parse("field", text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "M", "10 M", "10m", "10K", "-1", "+1", "1e3", "0x10", "1.", ".5", "10MB", "1,5M", "10M\n1"})
    void whatIsNoQuantityIsRefusedByItsField(String text) {
        assertThatThrownBy(() -> Quantity.parse("the field", text))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("the field: \"" + text + "\" is not a quantity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775.808k", "999999999999999999Ti"})
    void whatIsTooLargeIsRefusedByItsField(String text) {
        assertThatThrownBy(() -> Quantity.parse("the field", text))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessage("the field: \"" + text + "\" is too large");
    }
}
