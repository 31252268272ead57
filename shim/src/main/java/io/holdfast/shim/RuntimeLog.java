package io.holdfast.shim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a runtime said while it failed: log lines in JSON, with {@code level} and {@code msg}, from {@code --log} or
 * from stderr, or plain text.
 */
final class RuntimeLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FAILURES = Set.of("error", "fatal", "panic");
    private static final int LONGEST = 1000;
    /** Said before every reason, and no help to anybody. */
    private static final Pattern NOISE = Pattern.compile(
            "^(\\[conmon:[a-z]\\]: |runc (create|start|run) failed: |exec failed: |unable to start container process: |"
                    + "error during container init: )+");
    /** How runc and crun say that the program itself is at fault. */
    private static final List<String> NO_PROGRAM =
            List.of("executable file", "open executable", "exec: \"", "exec format error", "exec container process");

    private final List<String> messages;

    private RuntimeLog(List<String> messages) {
        this.messages = messages;
    }

    static RuntimeLog of(String text) {
        return new RuntimeLog(text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .flatMap(line -> message(line).stream())
                .distinct()
                .toList());
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** All that was said, in one line that is not too long. */
    String text() {
        String all = messages.stream().limit(3).collect(Collectors.joining("; "));
        return all.length() > LONGEST ? all.substring(0, LONGEST) + "…" : all;
    }

    /** The failure that it amounts to: Invalid where the container's command is at fault. */
    Failure failure(String doing) {
        String said = isEmpty() ? "it failed and did not say why" : text();
        String lower = said.toLowerCase(Locale.ROOT);
        if (NO_PROGRAM.stream().anyMatch(lower::contains)) {
            return new Failure.Invalid("command: " + doing + ": " + said);
        }
        return new Failure.Broken(doing + ": " + said);
    }

    /** The reason in one line; empty for a line that tells of no failure. */
    private static Optional<String> message(String line) {
        if (!line.startsWith("{")) {
            return Optional.of(cleaned(line));
        }
        try {
            JsonNode entry = JSON.readTree(line);
            if (!entry.path("level").isMissingNode()
                    && !FAILURES.contains(entry.path("level").asText())) {
                return Optional.empty();
            }
            return Optional.of(cleaned(entry.path("msg").asText(line)));
        } catch (JsonProcessingException plain) {
            return Optional.of(cleaned(line));
        }
    }

    private static String cleaned(String message) {
        String first = message.strip().lines().findFirst().orElse("");
        return NOISE.matcher(first).replaceFirst("");
    }
}
