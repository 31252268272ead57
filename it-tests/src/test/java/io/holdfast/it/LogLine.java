package io.holdfast.it;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One record of a container log in the format the kubelet reads: {@code <RFC 3339 time with nanoseconds> <stream> <tag>
 * <text>}, where the tag is F for a full line and P for a part that goes on in the next record of the stream.
 */
public record LogLine(Instant time, String stream, boolean full, String text) {
    private static final Pattern RECORD = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+(?:Z|[+-]\\d\\d:\\d\\d)) (stdout|stderr) ([PF]) (.*)");

    /** Reads a whole log; a line that is not in the format is an error. */
    public static List<LogLine> parse(String log) {
        return log.lines().map(LogLine::parseLine).toList();
    }

    /** The lines of one stream, their parts put together; a runtime may part a line wherever it likes. */
    public static List<String> whole(List<LogLine> records, String stream) {
        var lines = new ArrayList<String>();
        var parts = new StringBuilder();
        for (var record : records) {
            if (record.stream().equals(stream)) {
                parts.append(record.text());
                if (record.full()) {
                    lines.add(parts.toString());
                    parts.setLength(0);
                }
            }
        }
        return lines;
    }

    private static LogLine parseLine(String line) {
        var matcher = RECORD.matcher(line);
        if (!matcher.matches()) {
            throw new AssertionError("not a CRI log record: " + line);
        }
        var time = OffsetDateTime.parse(matcher.group(1)).toInstant();
        return new LogLine(time, matcher.group(2), matcher.group(3).equals("F"), matcher.group(4));
    }
}
