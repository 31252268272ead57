package io.holdfast.api;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** CRI's times: nanoseconds since 1970. */
final class Times {
    private Times() {}

    static long nanos(Instant at) {
        return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
    }
}
