package io.holdfast.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One demand of a {@code WWW-Authenticate} header, as of RFC 9110, section 11.6.1. Names are lower case. */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern SCHEME = Pattern.compile("\\G[\\s,]*(" + TOKEN + ")(?:\\s+(?=\\S)|\\s*(?=,|$))");
    private static final Pattern PARAMETER = Pattern.compile(
            "\\G[\\s,]*(" + TOKEN + ")\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|(" + TOKEN + "))\\s*(?=,|$)");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** What can be read of it; a header is a list, and lists can stand in several headers. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        headers.forEach(header -> parse(header, challenges));
        return challenges;
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private static void parse(String header, List<Challenge> into) {
        Matcher scheme = SCHEME.matcher(header);
        int at = 0;
        while (at < header.length() && scheme.find(at) && scheme.start() == at) {
            at = scheme.end();
            Map<String, String> parameters = new TreeMap<>();
            Matcher parameter = PARAMETER.matcher(header);
            while (at < header.length() && parameter.find(at) && parameter.start() == at) {
                String quoted = parameter.group(2);
                String value = quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
                parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT), value);
                at = parameter.end();
            }
            into.add(new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), parameters));
        }
    }
}
