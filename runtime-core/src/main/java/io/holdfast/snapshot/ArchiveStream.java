package io.holdfast.snapshot;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** An archive as it is read: buffered, digested byte by byte whether it is used or skipped, and capped. */
final class ArchiveStream {
    private static final int BUFFER = 128 * 1024;

    private final InputStream in;
    private final long most;
    private final MessageDigest digest;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private long total;

    ArchiveStream(InputStream in, long most) {
        this.in = in;
        this.most = most;
        this.digest = sha256();
    }

    /** Reads some bytes, at most {@code length}; -1 at the end. */
    int read(byte[] into, int offset, int length) {
        if (at == end && !fill()) {
            return -1;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(buffer, at, into, offset, count);
        at += count;
        return count;
    }

    /** Reads this many bytes, or fewer where the archive ends. For lengths that are known to be small. */
    byte[] upTo(int length) {
        byte[] bytes = new byte[length];
        int filled = 0;
        for (int count = 0; filled < length && count >= 0; filled += Math.max(0, count)) {
            count = read(bytes, filled, length - filled);
        }
        return filled == length ? bytes : Arrays.copyOf(bytes, filled);
    }

    /** Skips this many bytes; false where the archive ends before. */
    boolean skip(long bytes) {
        long left = bytes;
        while (left > 0 && (at < end || fill())) {
            int count = (int) Math.min(left, end - at);
            at += count;
            left -= count;
        }
        return left == 0;
    }

    /** Reads to the end: what follows an archive counts for its digest. */
    void drain() {
        skip(Long.MAX_VALUE);
    }

    /** The digest of all that was read, which it ends. */
    String digest() {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private boolean fill() {
        Deadline.check("unpacking an image layer");
        try {
            at = 0;
            end = Math.max(0, in.read(buffer));
        } catch (IOException failed) {
            throw new Failure.Broken("reading an image layer: " + failed.getMessage(), failed);
        }
        digest.update(buffer, 0, end);
        total += end;
        if (total > most) {
            throw new Failure.Broken("an image layer has more than " + most + " bytes, which is more than is unpacked");
        }
        return end > 0;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
