package io.holdfast.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** What an answer's status means to a pull. */
final class Statuses {
    private static final int LONGEST_NUMBER = 12;

    private Statuses() {}

    /** Passes for success; {@code who} is named in the message if it is not the host itself, and else empty. */
    static void check(Answer answer, String who) throws HostFailed {
        int status = answer.status();
        switch (status) {
            case 200, 206 -> {}
            case 401, 403 -> throw HostFailed.denied(said(answer, who, "refuses"));
            case 404 -> throw HostFailed.missing(said(answer, who, "does not have it"));
            case 408, 425, 429, 500, 502, 503, 504 -> throw passing(answer, said(answer, who, "cannot now"));
            default -> {
                String message = said(answer, who, "answered what nobody asked for");
                throw status > 504 ? HostFailed.passing(message) : HostFailed.wrong(message);
            }
        }
    }

    /** How long to wait: seconds or a date; empty for anything else. */
    static Optional<Duration> retryAfter(String value) {
        if (value.matches("[0-9]{1," + LONGEST_NUMBER + "}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration left = Duration.between(ZonedDateTime.now(date.getZone()), date);
            return Optional.of(left.isNegative() ? Duration.ZERO : left);
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static HostFailed passing(Answer answer, String message) {
        return answer.header("Retry-After")
                .flatMap(Statuses::retryAfter)
                .map(after -> HostFailed.passing(message, after))
                .orElseGet(() -> HostFailed.passing(message));
    }

    private static String said(Answer answer, String who, String what) {
        String excerpt = answer.excerpt();
        return (who.isEmpty() ? what : who + " " + what) + " (HTTP " + answer.status()
                + (excerpt.isEmpty() ? "" : ": " + excerpt) + ")";
    }
}
