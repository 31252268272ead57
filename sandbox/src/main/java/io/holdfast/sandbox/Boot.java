package io.holdfast.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which run of the kernel this is: after another one, no process, mount or namespace of before is left. */
final class Boot {
    private static final Path ID = Path.of("/proc/sys/kernel/random/boot_id");

    private Boot() {}

    static String id() {
        try {
            return Files.readString(ID).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + ID, failed);
        }
    }
}
