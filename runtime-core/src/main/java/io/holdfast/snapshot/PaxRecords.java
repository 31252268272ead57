package io.holdfast.snapshot;

import io.holdfast.work.Failure;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The extended header of POSIX.1-2001 (pax): lines of {@code LENGTH KEYWORD=VALUE}. Values are any bytes, held one a
 * char as ISO 8859-1 has them.
 */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";
    private static final String SPARSE_OFFSET = "GNU.sparse.offset";
    private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";
    private static final int LONGEST_NUMBER = 64;

    private final Map<String, String> values = new HashMap<>();
    private final List<Long> sparseMap = new ArrayList<>();

    /** No records: what an entry has that no extended header precedes. */
    static PaxRecords none() {
        return new PaxRecords();
    }

    static PaxRecords parse(byte[] header) {
        PaxRecords records = new PaxRecords();
        String text = new String(header, StandardCharsets.ISO_8859_1);
        int start = 0;
        while (start < text.length()) {
            int space = text.indexOf(' ', start);
            int equals = text.indexOf('=', start);
            long length = space < 0 ? 0 : number(text.substring(start, space));
            int end = start + (int) Math.min(length, text.length());
            if (length > text.length() - start || equals <= space || equals >= end || text.charAt(end - 1) != '\n') {
                throw corrupt();
            }
            records.add(text.substring(space + 1, equals), text.substring(equals + 1, end - 1));
            start = end;
        }
        return records;
    }

    /** The value, or empty where there is none: an empty value takes away what stood before. */
    Optional<String> value(String keyword) {
        return Optional.ofNullable(values.get(keyword)).filter(value -> !value.isEmpty());
    }

    /** The value as a number, or {@code otherwise}. */
    long number(String keyword, long otherwise) {
        return value(keyword).map(PaxRecords::number).orElse(otherwise);
    }

    /** The value as seconds since 1970 with a fraction, or {@code otherwise}. */
    Instant time(String keyword, Instant otherwise) {
        return value(keyword).map(PaxRecords::instant).orElse(otherwise);
    }

    /** All extended attributes, by name. */
    Map<String, byte[]> extended() {
        Map<String, byte[]> attributes = new HashMap<>();
        values.forEach((keyword, value) -> {
            if (keyword.startsWith(XATTR)) {
                attributes.put(keyword.substring(XATTR.length()), value.getBytes(StandardCharsets.ISO_8859_1));
            }
        });
        return attributes;
    }

    /** Offsets and lengths by turns, as the sparse format 0.0 repeats them. */
    List<Long> sparseMap() {
        return sparseMap;
    }

    /** A number in decimal digits, not negative. */
    static long number(String digits) {
        if (digits.isEmpty()
                || digits.length() > LONGEST_NUMBER
                || !digits.chars().allMatch(Character::isDigit)) {
            throw corrupt();
        }
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException large) {
            throw new Failure.Broken("the archive is corrupt: an extended header's number is too large", large);
        }
    }

    private void add(String keyword, String value) {
        if (keyword.equals(SPARSE_OFFSET) || keyword.equals(SPARSE_LENGTH)) {
            if (keyword.equals(SPARSE_OFFSET) != (sparseMap.size() % 2 == 0)) {
                throw corrupt();
            }
            sparseMap.add(number(value));
        }
        if (!keyword.startsWith(XATTR) && value.indexOf('\0') >= 0) {
            throw corrupt();
        }
        values.put(keyword, value);
    }

    private static Instant instant(String text) {
        if (text.length() > LONGEST_NUMBER || !text.matches("-?[0-9]+(\\.[0-9]*)?")) {
            throw corrupt();
        }
        BigDecimal seconds = new BigDecimal(text.endsWith(".") ? text + "0" : text);
        BigDecimal whole = seconds.setScale(0, java.math.RoundingMode.FLOOR);
        long nanos = seconds.subtract(whole).movePointRight(9).longValue();
        try {
            return Instant.ofEpochSecond(whole.longValueExact(), nanos);
        } catch (ArithmeticException | java.time.DateTimeException large) {
            throw new Failure.Broken("the archive is corrupt: an extended header's time is out of range", large);
        }
    }

    private static Failure.Broken corrupt() {
        return new Failure.Broken("the archive is corrupt: an extended header cannot be read");
    }
}
