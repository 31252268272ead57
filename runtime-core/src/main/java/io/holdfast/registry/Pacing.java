package io.holdfast.registry;

import io.holdfast.content.Caps;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which hosts asked to be left alone, and until when: known to all pulls, so that one refusal is enough. */
final class Pacing {
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Until when the host wants to be left alone, and until when that is believed. */
    private record Wish(long until, long believed) {}

    private final Map<Origin, Wish> wishes = new ConcurrentHashMap<>();

    /** Remembers the host's wish, though not for longer than one would be waited for. */
    void heed(Origin origin, Duration wish) {
        long now = System.nanoTime();
        Duration believed = wish.compareTo(Caps.RETRY_AFTER) < 0 ? wish : Caps.RETRY_AFTER;
        Duration bounded = wish.compareTo(LONGEST) < 0 ? wish : LONGEST;
        wishes.put(origin, new Wish(now + bounded.toNanos(), now + believed.toNanos()));
    }

    /** How long the host still wants to be left alone. */
    Duration left(Origin origin) {
        long now = System.nanoTime();
        Wish wish = wishes.computeIfPresent(origin, (_, old) -> old.believed() - now <= 0 ? null : old);
        return wish == null ? Duration.ZERO : Duration.ofNanos(wish.until() - now);
    }
}
