package io.holdfast.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Which run of the kernel this is, and how long it has lasted: a clock that no one can set, and that outlives us. */
public final class Boot {
    private static final Path ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final int MILLIS_A_SECOND = 1000;

    private Boot() {}

    /** Changes with every boot: no process, mount or namespace of another one is left. */
    public static String id() {
        return read(ID);
    }

    /** The time since the boot, time asleep included. */
    public static Duration uptime() {
        String seconds = read(UPTIME).split(" ", 2)[0];
        return Duration.ofMillis(Math.round(Double.parseDouble(seconds) * MILLIS_A_SECOND));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + file, failed);
        }
    }
}
