package io.holdfast.linux;

import java.time.Instant;
import java.util.Map;

/**
 * What a file has beside its content. Numbers are as the kernel has them: an id above 2^31 is a negative int.
 *
 * @param mode permission bits with setuid, setgid and sticky; of no account for a symbolic link
 * @param extended extended attributes by their full names
 */
public record FileAttributes(int uid, int gid, int mode, Instant modified, Map<String, byte[]> extended) {
    long[] times() {
        return times(modified);
    }

    /** The two times of utimensat(2), access and modification, both the same. */
    static long[] times(Instant time) {
        return new long[] {time.getEpochSecond(), time.getNano(), time.getEpochSecond(), time.getNano()};
    }
}
