package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.work.Failpoints;
import io.holdfast.work.Holds;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KernelKeeperTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<SandboxHold> plan = new FakeKernel().plan("a", SandboxRig.config());

    @Test
    void allElseIsTakenOneAfterTheOther() {
        assertThat(plan.stream().map(KernelKeeper::stageOf)).containsExactly(0, 1, 2, 3, 4, 4);
    }

    /** Each waits for the other, so that neither would end alone. */
    @Test
    void theNetworkAndThePauseProcessAreTakenAndLetGoSideBySide() {
        CyclicBarrier both = new CyclicBarrier(2);
        Holds<SandboxHold> holds = new Holds<>(new Meeting(both), Failpoints.none());
        holds.take(plan);
        assertThat(holds.release(plan).holds()).isEmpty();
    }

    private record Meeting(CyclicBarrier both) implements Holds.Keeper<SandboxHold> {
        @Override
        public void take(SandboxHold hold) {
            meet(hold);
        }

        @Override
        public void release(SandboxHold hold) {
            meet(hold);
        }

        @Override
        public int stage(SandboxHold hold) {
            return KernelKeeper.stageOf(hold);
        }

        private void meet(SandboxHold hold) {
            if (hold instanceof SandboxHold.Network || hold instanceof SandboxHold.Pause) {
                try {
                    both.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                } catch (Exception alone) {
                    throw new AssertionError(hold + " is alone", alone);
                }
            }
        }
    }
}
