package io.holdfast.container;

import io.holdfast.work.Failure;
import java.util.List;
import java.util.Locale;

/** Signals by name as images and CRI write them: {@code TERM}, {@code SIGTERM}, {@code 15}, {@code SIGRTMIN+3}. */
final class Signals {
    /** In the order of their numbers on x86-64 and arm64, from 1. */
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    private static final int RTMIN = 34;
    private static final int RTMAX = 64;
    private static final String PREFIX = "SIG";
    private static final int MOST_DIGITS = 2;

    private Signals() {}

    /** The number; the field is named by the failure. */
    static int parse(String field, String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        int number =
                isNumber(name) ? Integer.parseInt(name) : named(name.startsWith(PREFIX) ? name.substring(3) : name);
        if (number < 1 || number > RTMAX) {
            throw new Failure.Invalid(field + ": there is no signal \"" + text + "\"; write SIGTERM, say, or 15");
        }
        return number;
    }

    /** The name in full, such as {@code SIGTERM} or {@code SIGRTMIN+3}. */
    static String name(int number) {
        if (number <= NAMES.size()) {
            return PREFIX + NAMES.get(number - 1);
        }
        if (number < RTMIN) {
            return Integer.toString(number);
        }
        return realtime(number);
    }

    private static String realtime(int number) {
        if (number == RTMIN) {
            return "SIGRTMIN";
        }
        int middle = (RTMIN + RTMAX) / 2;
        if (number <= middle) {
            return "SIGRTMIN+" + (number - RTMIN);
        }
        return number == RTMAX ? "SIGRTMAX" : "SIGRTMAX-" + (RTMAX - number);
    }

    private static int named(String name) {
        return switch (name) {
            case "IOT" -> named("ABRT");
            case "CLD" -> named("CHLD");
            case "POLL" -> named("IO");
            case "RTMIN" -> RTMIN;
            case "RTMAX" -> RTMAX;
            case String above when above.startsWith("RTMIN+") -> RTMIN + offset(above);
            case String below when below.startsWith("RTMAX-") -> RTMAX - offset(below);
            default -> NAMES.indexOf(name) + 1;
        };
    }

    /** A number that is none takes the signal out of every range. */
    private static int offset(String name) {
        String digits = name.substring("RTMIN+".length());
        int offset = isNumber(digits) ? Integer.parseInt(digits) : RTMAX + RTMAX;
        return offset <= RTMAX - RTMIN ? offset : RTMAX + RTMAX;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_DIGITS
                && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }
}
