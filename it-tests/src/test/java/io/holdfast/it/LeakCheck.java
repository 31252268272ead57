package io.holdfast.it;

import java.time.Duration;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Compares the machine before and after some tests. Other runtimes may work on the same machine meanwhile, so by default
 * only traces that carry one of ours marks (an id, a directory, a cgroup, a bridge) count; {@code -Dcri.leaks=all} is for a
 * machine that nothing else uses.
 */
public final class LeakCheck {
    /** Kernel objects may go a moment after the call that let go of them. */
    private static final Duration LETTING_GO = Duration.ofSeconds(5);

    private final Supplier<Set<String>> marks;
    private final Supplier<Set<String>> kept;
    private final SortedSet<String> before;

    /** What the runtime keeps of its own, by {@code kept}, counts as traces on the machine do. */
    public LeakCheck(Supplier<Set<String>> marks, Supplier<Set<String>> kept) {
        this.marks = marks;
        this.kept = kept;
        this.before = all();
    }

    /** Fails with a list of every trace that was not there before. */
    public void assertNothingLeft() {
        Await.until("nothing to be left behind", LETTING_GO, this::left, Set::isEmpty);
    }

    private SortedSet<String> all() {
        var traces = new TreeSet<>(Footprint.now());
        traces.addAll(kept.get());
        return traces;
    }

    private Set<String> left() {
        var after = all();
        after.removeAll(before);
        if (System.getProperty("cri.leaks", "own").equals("all")) {
            return after;
        }
        var ours = marks.get();
        return after.stream()
                .filter(trace -> ours.stream().anyMatch(trace::contains))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
