package io.holdfast.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Prints a container's log, whose lines are {@code TIME STREAM TAG TEXT} (Kubernetes' CRI log format). The tag P marks a
 * text that the stream's next line continues. Texts are bytes of any kind; what is not UTF-8 is shown as a replacement.
 */
final class LogText {
    /** What is parted for longer than this is printed as it comes. */
    private static final int MOST_WAITING = 1 << 20;

    private static final int HEADERS = 3;

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean timestamps;
    private final Map<String, ByteArrayOutputStream> waiting = new HashMap<>();

    /** The container's standard error goes to {@code err}. */
    LogText(PrintWriter out, PrintWriter err, boolean timestamps) {
        this.out = out;
        this.err = err;
        this.timestamps = timestamps;
    }

    /** Prints all of it; a stream that does its own buffering reads quickest. */
    void print(InputStream log) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next;
        while ((next = log.read()) >= 0) {
            if (next == '\n') {
                print(line.toByteArray());
                line.reset();
            } else {
                line.write(next);
            }
        }
        waiting.forEach((stream, text) -> flush(stream, text, ""));
        out.flush();
        err.flush();
    }

    private void print(byte[] line) {
        int[] ends = new int[HEADERS];
        int from = 0;
        for (int i = 0; i < HEADERS; i++) {
            ends[i] = indexOfSpace(line, from);
            if (ends[i] < 0) {
                return;
            }
            from = ends[i] + 1;
        }
        String stream = text(line, ends[0] + 1, ends[1]);
        ByteArrayOutputStream text = waiting.computeIfAbsent(stream, _ -> new ByteArrayOutputStream());
        if (timestamps && text.size() == 0) {
            text.writeBytes(Arrays.copyOf(line, ends[0] + 1));
        }
        text.write(line, from, line.length - from);
        boolean isWhole = line[ends[1] + 1] != 'P';
        if (isWhole || text.size() > MOST_WAITING) {
            flush(stream, text, isWhole ? "\n" : "");
        }
    }

    private void flush(String stream, ByteArrayOutputStream text, String end) {
        PrintWriter to = stream.equals("stderr") ? err : out;
        to.print(text.toString(StandardCharsets.UTF_8) + end);
        text.reset();
    }

    private static int indexOfSpace(byte[] line, int from) {
        for (int i = from; i < line.length; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.UTF_8);
    }
}
