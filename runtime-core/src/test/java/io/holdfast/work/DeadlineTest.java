package io.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void withoutOneThereIsAllTheTimeAskedFor() {
        assertThat(Deadline.remaining(HOUR)).isEqualTo(HOUR);
        Deadline.check("anything");
    }

    @Test
    void theSoonerOfTwoCounts() {
        Duration left =
                Deadline.within(Duration.ofSeconds(1), () -> Deadline.within(HOUR, () -> Deadline.remaining(HOUR)));
        assertThat(left).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void undoHasItsOwn() {
        Duration left = Deadline.within(Duration.ZERO, () -> Deadline.own(HOUR, () -> Deadline.remaining(HOUR)));
        assertThat(left).isGreaterThan(Duration.ofMinutes(59));
    }

    @Test
    void onceItIsOverWorkIsRefused() {
        assertThatThrownBy(() -> Deadline.within(Duration.ZERO, () -> {
                    Deadline.check("pulling busybox");
                    return 1;
                }))
                .isInstanceOf(Failure.TimedOut.class)
                .hasMessageContaining("pulling busybox");
    }

    @Test
    void itTravelsToTheThreadsOfParallel() {
        List<Duration> left = Deadline.within(
                Duration.ofSeconds(1), () -> Parallel.map(List.of(1, 2, 3), 2, _ -> Deadline.remaining(HOUR)));
        assertThat(left).hasSize(3).allMatch(one -> one.compareTo(Duration.ofSeconds(1)) <= 0);
    }
}
