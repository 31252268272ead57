package io.holdfast.it.bench;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Timings of several ways side by side: a row a step, a column a way, medians with the 90th percentile in milliseconds. */
final class Table {
    private final Map<String, Timings> columns;

    Table(Map<String, Timings> columns) {
        this.columns = columns;
    }

    String text() {
        var steps = new LinkedHashSet<String>();
        List.copyOf(columns.values()).forEach(timings -> steps.addAll(timings.steps()));
        var text = new StringBuilder("%-32s".formatted("median (p90), ms"));
        columns.keySet().forEach(name -> text.append("%22s".formatted(name)));
        for (var step : steps) {
            text.append("\n%-32s".formatted(step));
            columns.values().forEach(timings -> text.append("%22s".formatted(cell(timings, step))));
        }
        return text.append('\n').toString();
    }

    private static String cell(Timings timings, String step) {
        return timings.count(step) == 0
                ? "-"
                : String.format(Locale.ROOT, "%.1f (%.1f)", timings.median(step), timings.percentile(step, 90));
    }
}
