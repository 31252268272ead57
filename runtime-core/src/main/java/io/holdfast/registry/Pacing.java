package io.holdfast.registry;

import io.holdfast.content.Caps;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which hosts asked to be left alone, and until when: known to all pulls, so that one refusal is enough. */
final class Pacing {
    private final Map<Origin, Long> until = new ConcurrentHashMap<>();

    /** Remembers the host's wish, though not for longer than it would be waited for. */
    void heed(Origin origin, Duration wish) {
        Duration kept = wish.compareTo(Caps.RETRY_AFTER) < 0 ? wish : Caps.RETRY_AFTER;
        until.put(origin, System.nanoTime() + kept.toNanos());
    }

    /** How long the host is still to be left alone. */
    Duration left(Origin origin) {
        long now = System.nanoTime();
        Long end = until.computeIfPresent(origin, (_, at) -> at - now <= 0 ? null : at);
        return end == null ? Duration.ZERO : Duration.ofNanos(end - now);
    }
}
