package io.holdfast.registry;

import io.holdfast.content.Caps;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Asks a registry's hosts one after the other until one does it. Those that may do it later are asked again, a bounded
 * number of rounds with growing pauses between. Who fails in the end hears of every host and its reason; what kind of
 * failure it is, the last host decides, which is the registry itself.
 */
final class Rounds {
    private static final long WORTHWHILE_BYTES = 1 << 20;

    /** What is asked of a host. */
    interface Attempt<T> {
        T on(RegistryHost host) throws HostFailed;
    }

    private final Patience patience;
    private final Pacing pacing;

    Rounds(Patience patience, Pacing pacing) {
        this.patience = patience;
        this.pacing = pacing;
    }

    /** A round that brought {@code progress} well forward does not count. */
    <T> T ask(String doing, List<RegistryHost> hosts, LongSupplier progress, Attempt<T> attempt) {
        Map<RegistryHost, HostFailed> failed = new LinkedHashMap<>();
        int round = 0;
        while (true) {
            long before = progress.getAsLong();
            Optional<T> result = round(hosts, failed, attempt);
            if (result.isPresent()) {
                return result.get();
            }
            round = progress.getAsLong() - before >= WORTHWHILE_BYTES ? 0 : round + 1;
            if (round >= Caps.ROUNDS || !worthAnother(failed)) {
                throw failure(doing, failed);
            }
            pause(doing, round, failed);
        }
    }

    private <T> Optional<T> round(List<RegistryHost> hosts, Map<RegistryHost, HostFailed> failed, Attempt<T> attempt) {
        for (RegistryHost host : hosts) {
            if (failed.containsKey(host) && failed.get(host).kind() != HostFailed.Kind.PASSING) {
                continue;
            }
            try {
                return Optional.of(one(host, attempt));
            } catch (HostFailed why) {
                why.after()
                        .filter(_ -> !pacing.left(host.origin()).isPositive())
                        .ifPresent(wish -> pacing.heed(host.origin(), wish));
                failed.put(host, why);
            }
        }
        return Optional.empty();
    }

    private <T> T one(RegistryHost host, Attempt<T> attempt) throws HostFailed {
        Duration left = pacing.left(host.origin());
        if (left.isPositive()) {
            throw HostFailed.passing("it asked to be left alone for " + (left.toSeconds() + 1) + " s more", left);
        }
        return attempt.on(host);
    }

    private static boolean worthAnother(Map<RegistryHost, HostFailed> failed) {
        return failed.values().stream()
                .anyMatch(why -> why.kind() == HostFailed.Kind.PASSING
                        && why.after().orElse(Duration.ZERO).compareTo(Caps.RETRY_AFTER) <= 0);
    }

    /** Until the first of the hosts may be asked again, at least the back-off, in any case not all pulls at once. */
    private void pause(String doing, int round, Map<RegistryHost, HostFailed> failed) {
        Duration wish = failed.values().stream()
                .filter(why -> why.kind() == HostFailed.Kind.PASSING)
                .map(why -> why.after().orElse(Duration.ZERO))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        long backoff = patience.backoff().toMillis() << Math.max(0, round - 1);
        long jitter = ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
        Duration pause = Duration.ofMillis(Math.max(backoff, wish.toMillis()) + jitter);
        if (Deadline.remaining(pause).compareTo(pause) < 0) {
            throw failure(doing, failed);
        }
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable(doing + ": interrupted; the daemon is stopping", interrupted);
        }
    }

    private static Failure failure(String doing, Map<RegistryHost, HostFailed> failed) {
        if (failed.isEmpty()) {
            return new Failure.Broken(doing + ": no host of its hosts.toml has the capability for it");
        }
        String reasons = failed.entrySet().stream()
                .map(one -> one.getKey() + ": " + one.getValue().getMessage())
                .collect(Collectors.joining("; "));
        HostFailed last = failed.values().stream().reduce((_, next) -> next).orElseThrow();
        String advice = switch (last.kind()) {
            case DENIED -> "; check that the repository exists and the credentials for it are right";
            case MISSING -> "; check the image's name";
            case PASSING -> "; try again later";
            case WRONG -> "";
        };
        return last.failure(doing + ": " + reasons + advice);
    }
}
