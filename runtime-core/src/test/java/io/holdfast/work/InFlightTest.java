package io.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final InFlight<String, Integer> inFlight = new InFlight<>(LONG);

    @Test
    void whoComesWhileTheWorkIsUnderWayGetsItsResult() {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch allThere = new CountDownLatch(8);
        var results = Parallel.map(IntStream.range(0, 8).boxed().toList(), 8, _ -> {
            allThere.countDown();
            return inFlight.join("key", () -> {
                await(allThere);
                return runs.incrementAndGet();
            });
        });
        assertThat(results).allMatch(result -> result >= 1);
        assertThat(runs.get()).isLessThan(8);
    }

    @Test
    void theWorkGoesOnWhenItsCallerGivesUpAndARetryJoinsIt() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> Deadline.within(
                        Duration.ofMillis(30),
                        () -> inFlight.join("key", () -> {
                            await(release);
                            return runs.incrementAndGet();
                        })))
                .isInstanceOf(Failure.TimedOut.class);
        assertThatThrownBy(
                        () -> Deadline.within(Duration.ofMillis(30), () -> inFlight.join("key", runs::incrementAndGet)))
                .isInstanceOf(Failure.TimedOut.class);
        release.countDown();
        assertThat(inFlight.join("key", runs::incrementAndGet)).isIn(1, 2);
    }

    @Test
    void theWorkHasADeadlineOfItsOwn() {
        Duration seen = Duration.ofNanos(Deadline.within(Duration.ofSeconds(1), () -> {
            InFlight<String, Long> patient = new InFlight<>(LONG);
            return patient.join(
                    "key", () -> Deadline.remaining(Duration.ofHours(1)).toNanos());
        }));
        assertThat(seen).isGreaterThan(Duration.ofSeconds(10));
    }

    @Test
    void aFailureReachesTheCallerAsItWasAndTheKeyIsFree() {
        Failure failure = new Failure.Invalid("no");
        assertThatThrownBy(() -> inFlight.join("key", () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(inFlight.join("key", () -> 7)).isEqualTo(7);
    }

    @Test
    void settlingWaitsForTheWorkOfItsKeysAloneHoweverItEnds() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread failing = Thread.ofVirtual()
                .uncaughtExceptionHandler((_, _) -> {})
                .start(() -> inFlight.join("mine", () -> {
                    begun.countDown();
                    await(release);
                    throw new Failure.Invalid("no");
                }));
        await(begun);
        inFlight.settle(key -> key.equals("another's"));
        assertThatThrownBy(() -> Deadline.own(Duration.ofMillis(20), () -> inFlight.settle(key -> key.equals("mine"))))
                .isInstanceOf(Failure.TimedOut.class);
        Thread settling = Thread.ofVirtual().start(() -> inFlight.settle(key -> key.equals("mine")));
        assertThat(settling.join(Duration.ofMillis(20))).isFalse();
        release.countDown();
        assertThat(settling.join(LONG)).isTrue();
        failing.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
