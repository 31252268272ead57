package io.holdfast.it.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** How long named steps took, in the order in which they were first taken. */
final class Timings {
    private final Map<String, List<Long>> nanos = new LinkedHashMap<>();

    /** Takes a step and notes how long it took. */
    <T> T time(String step, Supplier<T> what) {
        long begin = System.nanoTime();
        T result = what.get();
        note(step, System.nanoTime() - begin);
        return result;
    }

    /** Takes a step that answers nothing. */
    void run(String step, Runnable what) {
        time(step, () -> {
            what.run();
            return step;
        });
    }

    void note(String step, long took) {
        nanos.computeIfAbsent(step, _ -> new ArrayList<>()).add(took);
    }

    /** Forgets what was noted so far, as the end of warming up. */
    void clear() {
        nanos.clear();
    }

    Set<String> steps() {
        return nanos.keySet();
    }

    int count(String step) {
        return nanos.getOrDefault(step, List.of()).size();
    }

    /** The median of a step in milliseconds. */
    double median(String step) {
        return percentile(step, 50);
    }

    double percentile(String step, int percent) {
        var sorted = nanos.getOrDefault(step, List.of()).stream().sorted().toList();
        if (sorted.isEmpty()) {
            throw new IllegalArgumentException("no step " + step + " was timed");
        }
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100)) / 1e6;
    }
}
