package io.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HoldsTest {
    /** Holds are words; the first letter is the stage. */
    private static final class Words implements Holds.Keeper<String> {
        private final List<String> log = Collections.synchronizedList(new ArrayList<>());
        private final Set<String> stuck = new HashSet<>();

        @Override
        public void take(String hold) {
            refuse(hold);
            log.add("+" + hold);
        }

        @Override
        public void release(String hold) {
            refuse(hold);
            log.add("-" + hold);
        }

        @Override
        public int stage(String hold) {
            return hold.charAt(0);
        }

        private void refuse(String hold) {
            if (stuck.contains(hold)) {
                throw new Failure.Broken(hold + " will not");
            }
        }
    }

    private final Words words = new Words();
    private final Holds<String> holds = new Holds<>(words, Failpoints.none());

    @Test
    void takesDownTheListAndReleasesUpIt() {
        holds.take(List.of("a", "b", "c"));
        assertThat(holds.release(List.of("a", "b", "c")).none()).isTrue();
        assertThat(words.log).containsExactly("+a", "+b", "+c", "-c", "-b", "-a");
    }

    @Test
    void aFailureStopsTheTaking() {
        words.stuck.add("b");
        assertThatThrownBy(() -> holds.take(List.of("a", "b", "c"))).hasMessage("b will not");
        assertThat(words.log).containsExactly("+a");
    }

    @Test
    void whatWillNotGoKeepsAllThatWasTakenBefore() {
        words.stuck.add("b");
        Holds.Left<String> left = holds.release(List.of("a", "b", "c"));
        assertThat(left.holds()).containsExactly("a", "b");
        assertThat(left.why()).hasValueSatisfying(why -> assertThat(why).hasMessage("b will not"));
        assertThat(words.log).containsExactly("-c");
    }

    @Test
    void oneStageIsReleasedWholeButForWhatWillNotGo() {
        words.stuck.add("b1");
        assertThat(holds.release(List.of("a", "b1", "b2")).holds()).containsExactly("a", "b1");
        assertThat(words.log).containsExactly("-b2");
    }

    @Test
    void holdsOfOneStageAreTakenSideBySide() {
        CyclicBarrier both = new CyclicBarrier(2);
        Holds.Keeper<String> meeting = new Holds.Keeper<>() {
            @Override
            public void take(String hold) {
                try {
                    both.await(10, TimeUnit.SECONDS);
                } catch (Exception alone) {
                    throw new AssertionError(alone);
                }
            }

            @Override
            public void release(String hold) {}

            @Override
            public int stage(String hold) {
                return 0;
            }
        };
        new Holds<>(meeting, Failpoints.none()).take(List.of("a", "b"));
    }

    @Test
    void everyTakeAndReleaseIsAFailpoint() {
        Failpoints seen = Failpoints.none();
        Holds<String> seenHolds = new Holds<>(words, seen);
        seenHolds.take(List.of("a"));
        seenHolds.release(List.of("a"));
        assertThat(seen.passed())
                .containsExactlyInAnyOrder(
                        "take.String.before", "take.String.after", "release.String.before", "release.String.after");
    }
}
