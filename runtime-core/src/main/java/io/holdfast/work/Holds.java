package io.holdfast.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Takes an ordered list of holds and lets it go again. Taking goes down the list, releasing comes up it. Holds that
 * follow each other with the same stage are taken, and released, side by side.
 *
 * <p>The list is on disk before {@link #take} is called: whatever was taken, or half taken, {@link #release} finds.
 */
public final class Holds<H> {
    /** What can be done to one hold. Both are idempotent; releasing what was never taken is success. */
    public interface Keeper<H> {
        void take(H hold);

        void release(H hold);

        /** Holds of one stage do not need each other. */
        int stage(H hold);
    }

    /** What could not be let go, in the order of the plan, and the first reason. Empty is all gone. */
    public record Left<H>(List<H> holds, Optional<Failure> why) {
        public Left {
            holds = List.copyOf(holds);
        }

        public boolean none() {
            return holds.isEmpty();
        }
    }

    private final Keeper<H> keeper;
    private final Failpoints failpoints;

    public Holds(Keeper<H> keeper, Failpoints failpoints) {
        this.keeper = keeper;
        this.failpoints = failpoints;
    }

    /** Takes all. The first failure is thrown, after what ran beside it has ended; nothing is released here. */
    public void take(List<H> plan) {
        for (List<H> stage : stages(plan)) {
            Parallel.each(stage, stage.size(), this::takeOne);
        }
    }

    /** Releases all, last first, and stops at the first stage of which something will not go. */
    public Left<H> release(List<H> plan) {
        List<List<H>> stages = new ArrayList<>(stages(plan));
        while (!stages.isEmpty()) {
            Left<H> left = releaseStage(stages.removeLast());
            if (!left.none()) {
                List<H> all = new ArrayList<>();
                stages.forEach(all::addAll);
                all.addAll(left.holds());
                return new Left<>(all, left.why());
            }
        }
        return new Left<>(List.of(), Optional.empty());
    }

    private void takeOne(H hold) {
        String name = hold.getClass().getSimpleName();
        failpoints.pass("take." + name + ".before");
        keeper.take(hold);
        failpoints.pass("take." + name + ".after");
    }

    private Left<H> releaseStage(List<H> stage) {
        List<H> left = Collections.synchronizedList(new ArrayList<>());
        List<Failure> why = Collections.synchronizedList(new ArrayList<>());
        Parallel.each(stage.reversed(), stage.size(), hold -> {
            try {
                releaseOne(hold);
            } catch (RuntimeException thrown) {
                left.add(hold);
                why.add(Failure.of("releasing " + hold, thrown));
            }
        });
        return new Left<>(
                stage.stream().filter(left::contains).toList(), why.stream().findFirst());
    }

    private void releaseOne(H hold) {
        String name = hold.getClass().getSimpleName();
        failpoints.pass("release." + name + ".before");
        keeper.release(hold);
        failpoints.pass("release." + name + ".after");
    }

    private List<List<H>> stages(List<H> plan) {
        List<List<H>> stages = new ArrayList<>();
        for (H hold : plan) {
            if (stages.isEmpty() || keeper.stage(stages.getLast().getFirst()) != keeper.stage(hold)) {
                stages.add(new ArrayList<>());
            }
            stages.getLast().add(hold);
        }
        return stages;
    }
}
