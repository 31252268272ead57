package io.holdfast.snapshot;

import io.holdfast.linux.FileHandle;
import io.holdfast.linux.FileStatus;
import java.util.Arrays;

/**
 * How overlayfs says that something of a lower layer is not to be seen: a character device 0:0 under its name, or an
 * attribute on a directory that hides what lower layers have in it.
 */
final class Whiteout {
    static final FileStatus.Device DEVICE = new FileStatus.Device(0, 0);
    static final int NODE_MODE = 0020000;

    private static final String OPAQUE = "trusted.overlay.opaque";
    private static final byte[] YES = {'y'};

    private Whiteout() {}

    static boolean is(FileStatus status) {
        return status.kind() == FileStatus.Kind.CHARACTER_DEVICE
                && status.device().equals(DEVICE);
    }

    static void makeOpaque(FileHandle directory) {
        directory.set(OPAQUE, YES);
    }

    static boolean isOpaque(FileHandle directory) {
        return directory
                .attribute(OPAQUE)
                .filter(value -> Arrays.equals(value, YES))
                .isPresent();
    }
}
