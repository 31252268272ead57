package io.holdfast.sandbox;

import io.holdfast.work.Failure;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kubernetes' resource quantities, such as {@code 10M} and {@code 1.5Gi}. */
final class Quantity {
    private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,18})?)(k|M|G|T|Ki|Mi|Gi|Ti|)");
    private static final Map<String, Long> UNITS = Map.of(
            "", 1L,
            "k", 1_000L,
            "M", 1_000_000L,
            "G", 1_000_000_000L,
            "T", 1_000_000_000_000L,
            "Ki", 1L << 10,
            "Mi", 1L << 20,
            "Gi", 1L << 30,
            "Ti", 1L << 40);

    private Quantity() {}

    /** The quantity as a whole number, rounded up. {@code field} is named where the text is none. */
    static long parse(String field, String text) {
        Matcher parts = GRAMMAR.matcher(text.strip());
        if (!parts.matches()) {
            throw new Failure.Invalid(field + ": \"" + text + "\" is not a quantity such as 10M");
        }
        BigDecimal value = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(UNITS.get(parts.group(2))));
        try {
            return value.setScale(0, RoundingMode.CEILING).longValueExact();
        } catch (ArithmeticException tooLarge) {
            throw new Failure.Invalid(field + ": \"" + text + "\" is too large", tooLarge);
        }
    }
}
