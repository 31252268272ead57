package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ChallengeTest {
    @Test
    void severalChallengesStandInOneHeader() {
        List<Challenge> challenges =
                Challenge.parse(List.of("Basic realm=\"a, b\", Bearer realm=\"https://t/x?y=\\\"1\\\"\",service=s ,"
                        + " scope=\"repository:a/b:pull\", Negotiate"));
        assertThat(challenges).extracting(Challenge::scheme).containsExactly("basic", "bearer", "negotiate");
        assertThat(challenges.get(0).parameter("realm")).isEqualTo("a, b");
        assertThat(challenges.get(1).parameter("realm")).isEqualTo("https://t/x?y=\"1\"");
        assertThat(challenges.get(1).parameter("service")).isEqualTo("s");
        assertThat(challenges.get(1).parameter("scope")).isEqualTo("repository:a/b:pull");
    }

    @Test
    void namesAreOfAnyCase() {
        Challenge challenge =
                Challenge.parse(List.of("BEARER Realm=\"https://t\"")).getFirst();
        assertThat(challenge.scheme()).isEqualTo("bearer");
        assertThat(challenge.parameter("realm")).isEqualTo("https://t");
    }

    @Test
    @Timeout(5)
    void nonsenseEndsInNothingAndSoon() {
        assertThat(Challenge.parse(List.of("", "=", ",,,", "\"", "Bearer realm=\"unended")))
                .hasSizeLessThan(2);
        Challenge.parse(List.of("Bearer " + "a=\"\\".repeat(4000), "x ".repeat(8000), "a=".repeat(8000)));
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        assertThat(Statuses.retryAfter("0")).contains(Duration.ZERO);
        assertThat(Statuses.retryAfter("1000000000")).contains(Duration.ofSeconds(1_000_000_000));
        assertThat(Statuses.retryAfter("-1")).isEmpty();
        assertThat(Statuses.retryAfter("99999999999999999999")).isEmpty();
        assertThat(Statuses.retryAfter("soon")).isEmpty();
        assertThat(Statuses.retryAfter("Wed, 21 Oct 2015 07:28:00 GMT")).contains(Duration.ZERO);
        assertThat(Statuses.retryAfter("Wed, 21 Oct 2082 07:28:00 GMT").orElseThrow())
                .isPositive();
    }
}
