package io.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetriesTest {
    @Test
    void whatIsOwedIsTriedUntilItIsDone() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        try (Retries retries = new Retries("thing", _ -> {
            switch (tries.incrementAndGet()) {
                case 1:
                    return Optional.of(new Failure.Broken("not yet"));
                case 2:
                    throw new IllegalStateException("worse");
                default:
                    done.countDown();
                    return Optional.empty();
            }
        })) {
            retries.now("a");
            assertThat(retries.owed()).containsExactly("a");
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            awaitNothingOwed(retries);
        }
        assertThat(tries).hasValue(3);
    }

    @Test
    void whatIsGoneIsDone() {
        try (Retries retries = new Retries("thing", id -> {
            throw new Failure.NotFound(id + " is gone");
        })) {
            retries.now("a");
            awaitNothingOwed(retries);
        }
    }

    @Test
    void oneThingIsTriedByOneThread() {
        AtomicInteger tries = new AtomicInteger();
        try (Retries retries = new Retries("thing", _ -> {
            tries.incrementAndGet();
            return Optional.empty();
        })) {
            for (int i = 0; i < 50; i++) {
                retries.later("a");
            }
            assertThat(retries.owed()).hasSize(1);
            awaitNothingOwed(retries);
        }
        assertThat(tries).hasValue(1);
    }

    @Test
    void aNodeFullOfDebtsIsNotTriedAllAtOnce() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(16);
        try (Retries retries = new Retries("thing", _ -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            full.countDown();
            await(full);
            running.decrementAndGet();
            return Optional.empty();
        })) {
            for (int i = 0; i < 100; i++) {
                retries.now("thing " + i);
            }
            awaitNothingOwed(retries);
        }
        assertThat(most).hasValue(16);
    }

    @Test
    void whatIsNamedWhileItIsTriedIsTriedOnceMore() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CountDownLatch trying = new CountDownLatch(1);
        CountDownLatch named = new CountDownLatch(1);
        try (Retries retries = new Retries(
                "thing",
                _ -> {
                    tries.incrementAndGet();
                    trying.countDown();
                    await(named);
                    return Optional.empty();
                },
                Duration.ofMillis(1))) {
            retries.now("a");
            assertThat(trying.await(10, TimeUnit.SECONDS)).isTrue();
            retries.later("a");
            named.countDown();
            awaitNothingOwed(retries);
        }
        assertThat(tries).hasValue(2);
    }

    @Test
    void anErrorIsNoEndOfADebt() {
        AtomicInteger tries = new AtomicInteger();
        try (Retries retries = new Retries(
                "thing",
                _ -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new AssertionError("broken");
                    }
                    return Optional.empty();
                },
                Duration.ofMillis(1))) {
            retries.now("a");
            awaitNothingOwed(retries);
        }
        assertThat(tries).hasValue(2);
    }

    @Test
    void nothingIsTriedAfterTheEnd() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Retries retries = new Retries("thing", _ -> {
            tries.incrementAndGet();
            return Optional.empty();
        });
        retries.close();
        retries.now("a");
        Thread.sleep(Duration.ofMillis(50));
        assertThat(tries).hasValue(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitNothingOwed(Retries retries) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!retries.owed().isEmpty() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(retries.owed()).isEmpty();
    }
}
