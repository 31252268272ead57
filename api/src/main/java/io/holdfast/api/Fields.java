package io.holdfast.api;

import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The grammar of request fields. Every check names the field in its complaint, which is a {@link Failure.Invalid}, and
 * looks at bytes: what is refused is the byte itself, however it was written.
 */
final class Fields {
    private static final int MOST_PATH_BYTES = 4096;
    private static final int MOST_MAP_BYTES = 256 * 1024;
    private static final int MOST_ID_BYTES = 256;
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}(%[A-Za-z0-9_.-]{1,15})?");

    private Fields() {}

    static Failure.Invalid invalid(String field, String why) {
        return new Failure.Invalid(field + ": " + why);
    }

    /** Text of one line: no control bytes, and no more bytes than this. */
    static String line(String field, String value, int most) {
        byte[] bytes = bounded(field, value, most);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] >= 0 && bytes[i] < ' ' || bytes[i] == 0x7f) {
                throw invalid(field, "has the control byte 0x%02x at %d".formatted(bytes[i], i));
            }
        }
        return value;
    }

    /** Text of any lines; what no C string can hold is refused. */
    static String text(String field, String value, int most) {
        byte[] bytes = bounded(field, value, most);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                throw invalid(field, "has the byte 0x00 at " + i);
            }
        }
        return value;
    }

    /** A name that must be there and could stand as one element of a path. */
    static String name(String field, String value, int most) {
        line(field, required(field, value), most);
        if (value.indexOf('/') >= 0 || value.equals(".") || value.equals("..")) {
            throw invalid(field, "must be a plain name, without \"/\"");
        }
        return value;
    }

    static String required(String field, String value) {
        if (value.isEmpty()) {
            throw invalid(field, "is missing");
        }
        return value;
    }

    /** The id of a sandbox or container, or the beginning of one. */
    static String id(String field, String value) {
        return name(field, value, MOST_ID_BYTES);
    }

    static String matching(String field, String value, Pattern pattern, String form) {
        line(field, value, MOST_PATH_BYTES);
        if (!pattern.matcher(value).matches()) {
            throw invalid(field, "must be " + form);
        }
        return value;
    }

    /** An absolute path without {@code ..}, in its plain form. */
    static String absolutePath(String field, String value) {
        line(field, required(field, value), MOST_PATH_BYTES);
        if (!value.startsWith("/")) {
            throw invalid(field, "must be an absolute path");
        }
        return withoutDots(field, value);
    }

    /** A path below another one, without {@code ..}; empty stays empty. */
    static String relativePath(String field, String value) {
        line(field, value, MOST_PATH_BYTES);
        if (value.startsWith("/")) {
            throw invalid(field, "must be a relative path");
        }
        return withoutDots(field, value);
    }

    static String optionalPath(String field, String value) {
        return value.isEmpty() ? value : absolutePath(field, value);
    }

    static long range(String field, long value, long low, long high) {
        if (value < low || value > high) {
            throw invalid(field, "must be from " + low + " to " + high + ", and is " + value);
        }
        return value;
    }

    /** An IP address as text; names are not looked up. */
    static String address(String field, String value) {
        return matching(field, value, ADDRESS, "an IP address");
    }

    /** Labels or annotations: keys of one line, and not too much of it all. */
    static Map<String, String> map(String field, Map<String, String> values) {
        long total = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            String key = line(field, required(field + " key", entry.getKey()), MOST_MAP_BYTES);
            total += key.length()
                    + text(field + "[" + key + "]", entry.getValue(), MOST_MAP_BYTES)
                            .length();
        }
        if (total > MOST_MAP_BYTES) {
            throw invalid(field, "has more than " + MOST_MAP_BYTES + " characters in all");
        }
        return Map.copyOf(values);
    }

    /** Refuses what this version cannot do, rather than do something else. */
    static void unsupported(String field, boolean asked, String what) {
        if (asked) {
            throw invalid(field, what);
        }
    }

    /** For an enum's value that this version of the contract does not know. */
    static Failure.Invalid unknown(String field) {
        return invalid(field, "has a value that this version of CRI does not know");
    }

    static List<String> each(String field, List<String> values, int most) {
        for (int i = 0; i < values.size(); i++) {
            line(field + "[" + i + "]", required(field + "[" + i + "]", values.get(i)), most);
        }
        return List.copyOf(values);
    }

    private static byte[] bounded(String field, String value, int most) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > most) {
            throw invalid(field, "has " + bytes.length + " bytes, and no more than " + most + " can be");
        }
        return bytes;
    }

    private static String withoutDots(String field, String value) {
        if (Arrays.asList(value.split("/")).contains("..")) {
            throw invalid(field, "must not have \"..\" in it");
        }
        return value.isEmpty() ? value : Path.of(value).normalize().toString();
    }
}
