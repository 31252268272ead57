package io.holdfast.content;

import java.io.IOException;
import java.io.InputStream;

/** Reads an {@link Ingest} while it grows. */
final class Follower extends InputStream {
    private final Ingest ingest;
    private long position;

    Follower(Ingest ingest) {
        this.ingest = ingest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int start, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = ingest.read(into, start, length, position);
        position += Math.max(0, count);
        return count;
    }

    /** What will come, come or not: the JDK's gzip reader looks for a next member only where this is above zero. */
    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, ingest.descriptor().size() - position);
    }
}
