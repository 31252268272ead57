package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands run on this machine by the suite itself. */
public final class Shell {
    private static final int LONGEST_SECONDS = 300;

    private Shell() {}

    /** What a command printed (both streams) and the code it exited with. */
    public record Outcome(int exitCode, String output) {}

    /** Runs a command to its end and answers its output; any exit code but 0 is an error. */
    public static String run(String... command) {
        var outcome = attempt(command);
        if (outcome.exitCode() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " exited with " + outcome.exitCode() + ": " + outcome.output());
        }
        return outcome.output();
    }

    /** Runs a command to its end, however it ends. */
    public static Outcome attempt(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(command) + " still runs after " + LONGEST_SECONDS + " s");
            }
            return new Outcome(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("run " + List.of(command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + List.of(command), e);
        }
    }
}
