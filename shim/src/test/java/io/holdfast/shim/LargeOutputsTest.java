package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.work.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LargeOutputsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void twoHaveAPlaceAndAThirdWaitsForOneOfThem() {
        LargeOutputs outputs = new LargeOutputs();
        LargeOutputs.Claim first = outputs.claim(Deadline.in(LONG));
        LargeOutputs.Claim second = outputs.claim(Deadline.in(LONG));
        assertThat(first.granted()).isTrue();
        assertThat(first.granted()).as("asking again takes no second place").isTrue();
        assertThat(second.granted()).isTrue();
        try (LargeOutputs.Claim late = outputs.claim(Deadline.in(SHORT))) {
            assertThat(late.granted()).isFalse();
        }
        first.close();
        first.close();
        try (LargeOutputs.Claim third = outputs.claim(Deadline.in(LONG));
                LargeOutputs.Claim fourth = outputs.claim(Deadline.in(SHORT))) {
            assertThat(third.granted()).isTrue();
            assertThat(fourth.granted()).as("a place is given back once").isFalse();
        }
    }
}
