package io.holdfast.linux;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/** Waits on several descriptors at once. Blocks its thread: for platform threads. */
public final class Poll {
    private static final int ENTRY_BYTES = 8;
    private static final int ENTRY_EVENTS = 4;
    private static final int ENTRY_RESULTS = 6;
    private static final short POLLIN = 1;

    private Poll() {}

    /**
     * Those of the descriptors that can be read without waiting, or have come to their end (a pipe without writers, a
     * pidfd of a process that has ended). Empty when the limit has passed, and sometimes sooner.
     */
    public static Set<Integer> readable(Kernel kernel, List<Integer> descriptors, Duration limit) {
        Pointer entries =
                kernel.runtime().getMemoryManager().allocateDirect(Math.max(1, descriptors.size()) * ENTRY_BYTES, true);
        for (int i = 0; i < descriptors.size(); i++) {
            entries.putInt((long) i * ENTRY_BYTES, descriptors.get(i));
            entries.putShort((long) i * ENTRY_BYTES + ENTRY_EVENTS, POLLIN);
        }
        int count = kernel.libc().poll(entries, descriptors.size(), millis(limit));
        if (count < 0 && kernel.errno() == Errno.EINTR.intValue()) {
            return Set.of();
        }
        kernel.check("poll", descriptors.toString(), count);
        Set<Integer> ready = new HashSet<>();
        for (int i = 0; i < descriptors.size(); i++) {
            if (entries.getShort((long) i * ENTRY_BYTES + ENTRY_RESULTS) != 0) {
                ready.add(descriptors.get(i));
            }
        }
        return ready;
    }

    /** Rounded up, so that a caller who waits for the last fraction of a millisecond does not spin. */
    private static int millis(Duration limit) {
        return Math.clamp(limit.plusNanos(999_999).toMillis(), 0, Integer.MAX_VALUE);
    }
}
