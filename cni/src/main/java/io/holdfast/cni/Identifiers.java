package io.holdfast.cni;

import io.holdfast.work.Failure;
import java.util.regex.Pattern;

/** What the CNI spec allows as a name (section 2, "Parameters"). */
final class Identifiers {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Pattern INTERFACE = Pattern.compile("[^\\s/:]{1,15}");
    private static final Pattern ARGUMENT_KEY = Pattern.compile("[A-Za-z0-9_]+");
    private static final Pattern ARGUMENT_VALUE = Pattern.compile("[^;=\\p{Cntrl}]*");

    private Identifiers() {}

    /** Of a network or a container. */
    static String identifier(String field, String value) {
        return matching(IDENTIFIER, field, value, "must start with a letter or digit, then have these, '_', '.', '-'");
    }

    static String interfaceName(String value) {
        if (value.equals(".") || value.equals("..")) {
            throw new Failure.Invalid("ifname \"" + value + "\": is a directory's name");
        }
        return matching(INTERFACE, "ifname", value, "must be 1 to 15 characters without '/', ':' and spaces");
    }

    /** One pair of CNI_ARGS, where ';' and '=' would make it several. */
    static void argument(String key, String value) {
        matching(ARGUMENT_KEY, "CNI argument", key, "must be letters, digits and '_'");
        matching(ARGUMENT_VALUE, "CNI argument " + key, value, "must not have ';', '=' or control characters");
    }

    private static String matching(Pattern pattern, String field, String value, String rule) {
        if (!pattern.matcher(value).matches()) {
            throw new Failure.Invalid(field + " \"" + value + "\": " + rule);
        }
        return value;
    }
}
