package io.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTest {
    @Test
    void resultsKeepTheOrder() {
        List<Integer> things = IntStream.range(0, 50).boxed().toList();
        assertThat(Parallel.map(things, 4, thing -> thing * 2))
                .isEqualTo(things.stream().map(thing -> thing * 2).toList());
    }

    @Test
    void noMoreRunAtOnceThanAllowed() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Parallel.each(IntStream.range(0, 40).boxed().toList(), 3, _ -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            running.decrementAndGet();
        });
        assertThat(most.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void allAreTriedAndTheFirstFailureCarriesTheOthers() {
        AtomicInteger tried = new AtomicInteger();
        assertThatThrownBy(() -> Parallel.each(List.of(1, 2, 3), 3, thing -> {
                    tried.incrementAndGet();
                    throw new Failure.Broken("thing " + thing);
                }))
                .hasMessage("thing 1")
                .satisfies(first -> assertThat(first.getSuppressed()).hasSize(2));
        assertThat(tried.get()).isEqualTo(3);
    }
}
