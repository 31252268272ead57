package io.holdfast.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.holdfast.work.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Opens a layer or an archive by what its first bytes say: gzip, zstd, or as it is. Media types have been wrong. */
final class Decompressed {
    private static final int BUFFER = 64 << 10;
    private static final int MAGIC_BYTES = 4;

    /** The largest window is 2^27 bytes: what every decoder has to know, and more than the builders of images use. */
    private static final int WINDOW_LOG = 27;

    private Decompressed() {}

    static InputStream of(InputStream compressed) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(compressed, BUFFER);
        buffered.mark(MAGIC_BYTES);
        byte[] magic = buffered.readNBytes(MAGIC_BYTES);
        buffered.reset();
        if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
            return new GZIPInputStream(buffered, BUFFER);
        }
        return isZstd(magic) ? zstd(buffered) : buffered;
    }

    /** A frame of data, or one to be skipped, which may stand before it. */
    private static boolean isZstd(byte[] magic) {
        if (magic.length < MAGIC_BYTES) {
            return false;
        }
        boolean data = magic[0] == 0x28 && magic[1] == (byte) 0xb5 && magic[2] == 0x2f && magic[3] == (byte) 0xfd;
        boolean skipped = (magic[0] & 0xf0) == 0x50 && magic[1] == 0x2a && magic[2] == 0x4d && magic[3] == 0x18;
        return data || skipped;
    }

    private static InputStream zstd(InputStream compressed) throws IOException {
        try {
            return new ZstdInputStreamNoFinalizer(compressed).setLongMax(WINDOW_LOG);
        } catch (LinkageError missing) {
            throw new Failure.Broken("zstd's native library does not load: " + missing.getMessage(), missing);
        }
    }
}
