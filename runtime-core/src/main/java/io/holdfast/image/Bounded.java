package io.holdfast.image;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;

/** An uncompressed layer that fails once it grows beyond its limits, or beyond what the disk has left for it. */
final class Bounded extends InputStream {
    private static final long CHECK_DISK_EVERY = 64 << 20;

    private final InputStream layer;
    private final UnpackLimits limits;
    private final long compressed;
    private final FileStore disk;
    private long count;
    private long nextCheck;

    Bounded(InputStream layer, UnpackLimits limits, long compressed, FileStore disk) {
        this.layer = layer;
        this.limits = limits;
        this.compressed = compressed;
        this.disk = disk;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int start, int length) throws IOException {
        int read = layer.read(into, start, length);
        count += Math.max(0, read);
        if (count > Math.min(limits.bytes(), Math.max(limits.freely(), compressed * limits.ratio()))) {
            throw new Failure.Broken("a layer of " + compressed + " bytes grows to more than " + (count - 1)
                    + " when it is unpacked; it is not used");
        }
        if (count >= nextCheck) {
            checkDisk();
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        layer.close();
    }

    private void checkDisk() throws IOException {
        nextCheck = count + CHECK_DISK_EVERY;
        long free = disk.getUsableSpace();
        if (free < limits.headroom()) {
            throw new Failure.Broken("no space left to unpack a layer: " + free + " bytes are free where "
                    + limits.headroom() + " have to stay so; remove images, or give Holdfast's root more disk");
        }
    }
}
