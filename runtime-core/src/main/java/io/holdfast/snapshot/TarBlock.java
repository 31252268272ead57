package io.holdfast.snapshot;

import io.holdfast.work.Failure;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One block of 512 bytes of a tar archive, read as a header: POSIX.1-1988 ustar, as extended by GNU tar. */
final class TarBlock {
    static final int BYTES = 512;

    private static final Field NAME = new Field(0, 100);
    private static final Field MODE = new Field(100, 8);
    private static final Field UID = new Field(108, 8);
    private static final Field GID = new Field(116, 8);
    private static final Field SIZE = new Field(124, 12);
    private static final Field MODIFIED = new Field(136, 12);
    private static final Field CHECKSUM = new Field(148, 8);
    private static final int TYPE = 156;
    private static final Field LINK = new Field(157, 100);
    private static final Field MAGIC = new Field(257, 8);
    private static final Field MAJOR = new Field(329, 8);
    private static final Field MINOR = new Field(337, 8);
    private static final Field PREFIX = new Field(345, 155);
    private static final int BINARY = 0x80;
    private static final int BINARY_NEGATIVE = 0x40;

    private final byte[] block;

    /** Where something stands in the block. */
    record Field(int offset, int length) {
        int end() {
            return offset + length;
        }
    }

    TarBlock(byte[] block) {
        this.block = block;
    }

    /** Two blocks of zeros end an archive. */
    boolean isZero() {
        return Arrays.equals(block, new byte[BYTES]);
    }

    void requireChecksum() {
        long unsigned = 0;
        long signed = 0;
        for (int at = 0; at < BYTES; at++) {
            byte each = at >= CHECKSUM.offset() && at < CHECKSUM.end() ? (byte) ' ' : block[at];
            unsigned += Byte.toUnsignedInt(each);
            signed += each;
        }
        long written = number(CHECKSUM);
        if (written != unsigned && written != signed) {
            throw new Failure.Broken("the archive is corrupt: a header's checksum is wrong");
        }
    }

    char type() {
        return (char) Byte.toUnsignedInt(block[TYPE]);
    }

    String name() {
        boolean posix = text(MAGIC).equals("ustar");
        String prefix = posix ? text(PREFIX) : "";
        return prefix.isEmpty() ? text(NAME) : prefix + "/" + text(NAME);
    }

    String link() {
        return text(LINK);
    }

    long mode() {
        return number(MODE);
    }

    long uid() {
        return number(UID);
    }

    long gid() {
        return number(GID);
    }

    long size() {
        return number(SIZE);
    }

    long modified() {
        return number(MODIFIED);
    }

    long major() {
        return number(MAJOR);
    }

    long minor() {
        return number(MINOR);
    }

    boolean flag(int offset) {
        return block[offset] != 0;
    }

    /** A number in octal digits, or in base 256 where the field's first bit is set. */
    long number(Field field) {
        int first = Byte.toUnsignedInt(block[field.offset()]);
        return (first & BINARY) == 0 ? octal(field) : binary(field);
    }

    private long octal(Field field) {
        String digits = text(field).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
        } catch (NumberFormatException broken) {
            throw new Failure.Broken("the archive is corrupt: a header has no number where one has to be", broken);
        }
    }

    private long binary(Field field) {
        byte[] digits = Arrays.copyOfRange(block, field.offset(), field.end());
        if ((digits[0] & BINARY_NEGATIVE) == 0) {
            digits[0] = (byte) (digits[0] & ~BINARY);
        }
        try {
            return new BigInteger(digits).longValueExact();
        } catch (ArithmeticException broken) {
            throw new Failure.Broken("the archive is corrupt: a header has a number of more than 64 bits", broken);
        }
    }

    /** The bytes up to the first zero. */
    private String text(Field field) {
        int end = field.offset();
        while (end < field.end() && block[end] != 0) {
            end++;
        }
        return new String(block, field.offset(), end - field.offset(), StandardCharsets.ISO_8859_1);
    }
}
