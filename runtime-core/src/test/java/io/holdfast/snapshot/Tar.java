package io.holdfast.snapshot;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes tar archives that no honest program would: every field as the test says. One char of a name is one byte. */
public final class Tar {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, String> pax = new LinkedHashMap<>();
    private int mode = 0644;
    private long uid;
    private long gid;
    private long modified = 1_000_000_000;

    public Tar mode(int mode) {
        this.mode = mode;
        return this;
    }

    public Tar owner(long uid, long gid) {
        this.uid = uid;
        this.gid = gid;
        return this;
    }

    public Tar modified(long seconds) {
        this.modified = seconds;
        return this;
    }

    /** A record of the extended header of the next entry. */
    public Tar pax(String keyword, String value) {
        pax.put(keyword, value);
        return this;
    }

    public Tar xattr(String name, byte[] value) {
        return pax("SCHILY.xattr." + name, new String(value, StandardCharsets.ISO_8859_1));
    }

    public Tar file(String name, String content) {
        return entry('0', name, "", content.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Tar directory(String name) {
        return entry('5', name, "", new byte[0]);
    }

    public Tar symlink(String name, String target) {
        return entry('2', name, target, new byte[0]);
    }

    public Tar hardLink(String name, String existing) {
        return entry('1', name, existing, new byte[0]);
    }

    public Tar device(String name, char type, long major, long minor) {
        byte[] header = header(type, name, "", 0);
        put(header, 329, octal(major, 8));
        put(header, 337, octal(minor, 8));
        return raw(sealed(header));
    }

    public Tar entry(char type, String name, String link, byte[] content) {
        flushPax();
        String shortName = name;
        if (name.length() > 100) {
            longName('L', name);
            shortName = name.substring(0, 100);
        }
        String shortLink = link;
        if (link.length() > 100) {
            longName('K', link);
            shortLink = link.substring(0, 100);
        }
        return raw(sealed(header(type, shortName, shortLink, content.length))).content(content);
    }

    /** An entry whose header claims a size, whatever follows. */
    public Tar claiming(char type, String name, long size) {
        flushPax();
        return raw(sealed(header(type, name, "", size)));
    }

    public Tar content(byte[] content) {
        return raw(content).raw(new byte[-content.length & (BLOCK - 1)]);
    }

    public Tar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public byte[] header(char type, String name, String link, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name.getBytes(StandardCharsets.ISO_8859_1));
        put(header, 100, octal(mode, 8));
        put(header, 108, octal(uid, 8));
        put(header, 116, octal(gid, 8));
        put(header, 124, octal(size, 12));
        put(header, 136, octal(modified, 12));
        header[156] = (byte) type;
        put(header, 157, link.getBytes(StandardCharsets.ISO_8859_1));
        put(header, 257, "ustar\00000".getBytes(StandardCharsets.ISO_8859_1));
        return header;
    }

    /** The header with its checksum. */
    public static byte[] sealed(byte[] header) {
        put(header, 148, "        ".getBytes(StandardCharsets.ISO_8859_1));
        int sum = 0;
        for (byte each : header) {
            sum += Byte.toUnsignedInt(each);
        }
        put(header, 148, octal(sum, 7));
        return header;
    }

    /** The archive so far, ended as it should be. */
    public byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[2 * BLOCK]);
        return whole.toByteArray();
    }

    public InputStream stream() {
        return new ByteArrayInputStream(bytes());
    }

    /** A number as octal digits, or in base 256 where they do not fit. */
    static byte[] octal(long value, int length) {
        String digits = Long.toOctalString(value);
        if (value >= 0 && digits.length() < length) {
            return ("0".repeat(length - 1 - digits.length()) + digits).getBytes(StandardCharsets.ISO_8859_1);
        }
        byte[] binary = new byte[length];
        for (int at = 0; at < length; at++) {
            int shift = 8 * (length - 1 - at);
            binary[at] = (byte) (value >> Math.min(63, shift));
        }
        binary[0] = (byte) (value < 0 ? 0xff : 0x80 | binary[0]);
        return binary;
    }

    private void longName(char type, String name) {
        byte[] bytes = (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
        raw(sealed(header(type, "././@LongLink", "", bytes.length))).content(bytes);
    }

    private void flushPax() {
        if (pax.isEmpty()) {
            return;
        }
        StringBuilder records = new StringBuilder();
        pax.forEach((keyword, value) -> records.append(record(keyword, value)));
        pax.clear();
        byte[] bytes = records.toString().getBytes(StandardCharsets.ISO_8859_1);
        raw(sealed(header('x', "PaxHeaders/x", "", bytes.length))).content(bytes);
    }

    /** A record, whose length counts the digits of the length. */
    static String record(String keyword, String value) {
        int rest = keyword.length() + value.length() + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        return length + " " + keyword + "=" + value + "\n";
    }

    private static void put(byte[] header, int offset, byte[] bytes) {
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
