package io.holdfast.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An archive's bytes, of which a header can be only so many: what reads headers holds them in memory whole. */
final class HeaderLimit extends FilterInputStream {
    private final int most;
    private boolean inHeader;
    private long count;

    /** Reads a header from this stream. */
    interface Reading<T> {
        T read() throws IOException;
    }

    HeaderLimit(InputStream archive, int most) {
        super(archive);
        this.most = most;
    }

    <T> T header(Reading<T> reading) throws IOException {
        inHeader = true;
        count = 0;
        try {
            return reading.read();
        } finally {
            inHeader = false;
        }
    }

    @Override
    public int read() throws IOException {
        return counted(super.read(), 1);
    }

    @Override
    public int read(byte[] into, int start, int length) throws IOException {
        int read = super.read(into, start, length);
        return counted(read, read);
    }

    private int counted(int result, int bytes) throws IOException {
        count += Math.max(0, bytes);
        if (inHeader && count > most) {
            throw new IOException("the names and attributes of one entry have more than " + most + " bytes");
        }
        return result;
    }
}
