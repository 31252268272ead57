package io.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InFlightTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final InFlight<String, Integer> inFlight = new InFlight<>(LONG);

    @Test
    void whoComesWhileTheWorkIsUnderWayGetsItsResult() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        List<Integer> results = new CopyOnWriteArrayList<>();
        List<Thread> callers = IntStream.range(0, 8)
                .mapToObj(_ -> joining(results, () -> {
                    await(release);
                    return runs.incrementAndGet();
                }))
                .toList();
        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(results).hasSize(8).containsOnly(1);
        assertThat(runs).hasValue(1);
    }

    @Test
    void theWorkGoesOnWhenItsCallerGivesUpAndARetryJoinsIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> Deadline.within(
                        Duration.ofMillis(30),
                        () -> inFlight.join("key", () -> {
                            await(release);
                            return runs.incrementAndGet();
                        })))
                .isInstanceOf(Failure.TimedOut.class);
        List<Integer> results = new CopyOnWriteArrayList<>();
        Thread retry = joining(results, runs::incrementAndGet);
        release.countDown();
        retry.join();
        assertThat(results).containsExactly(1);
        assertThat(runs).hasValue(1);
    }

    /** A thread that has joined the work under way, or begun this one, and waits for it. */
    private Thread joining(List<Integer> results, Supplier<Integer> work) {
        Thread thread = Thread.ofPlatform().start(() -> results.add(inFlight.join("key", work)));
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        return thread;
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
