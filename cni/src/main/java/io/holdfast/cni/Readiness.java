package io.holdfast.cni;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import io.holdfast.work.InFlight;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether the network could serve an ADD now: its plugins are installed, and those that can tell say so. The answer is
 * kept for a short while, a slow plugin is not waited for, and a network that was ready a moment ago counts as ready
 * while its add-on is being replaced.
 */
final class Readiness {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The last answer for a network, when it was given, and when the network was last ready (both in nanoseconds). */
    private record Answer(Network network, Optional<String> why, long at, Optional<Long> readyAt) {}

    private final Plugins plugins;
    private final Chain chain;
    private final Duration grace;
    private final Duration fresh;
    private final InFlight<String, Answer> asking = new InFlight<>(LIMIT);
    private final AtomicReference<Optional<Answer>> last = new AtomicReference<>(Optional.empty());

    /** An answer is given again for as long as it is fresh. */
    Readiness(Plugins plugins, Chain chain, Duration grace, Duration fresh) {
        this.plugins = plugins;
        this.chain = chain;
        this.grace = grace;
        this.fresh = fresh;
    }

    Optional<String> whyNot(Network network) {
        Optional<Answer> known = last.get().filter(answer -> answer.network() == network);
        Answer answer = known.filter(earlier -> isWithin(fresh, earlier.at())).orElseGet(() -> asked(network, known));
        return answer.readyAt().filter(at -> isWithin(grace, at)).isPresent() ? Optional.empty() : answer.why();
    }

    private Answer asked(Network network, Optional<Answer> known) {
        try {
            return Deadline.within(PATIENCE, () -> asking.join(network.name(), () -> ask(network, known)));
        } catch (Failure.TimedOut slow) {
            Optional<String> why = Optional.of("network " + network.name() + ": its plugins take long over STATUS");
            return known.orElseGet(() -> new Answer(network, why, System.nanoTime(), Optional.empty()));
        }
    }

    private Answer ask(Network network, Optional<Answer> known) {
        Optional<String> why = missing(network).or(() -> refused(network));
        long now = System.nanoTime();
        Optional<Long> readyAt = why.isEmpty() ? Optional.of(now) : known.flatMap(Answer::readyAt);
        Answer answer = new Answer(network, why, now, readyAt);
        last.set(Optional.of(answer));
        return answer;
    }

    private Optional<String> missing(Network network) {
        return network.config().binaries().stream()
                .filter(type -> plugins.find(type).isEmpty())
                .findFirst()
                .map(type -> "network " + network.name() + " (" + network.file() + "): plugin " + type
                        + " is missing from " + plugins.directoriesText());
    }

    private Optional<String> refused(Network network) {
        try {
            chain.status(network.config());
            return Optional.empty();
        } catch (Failure refused) {
            return Optional.of(refused.getMessage());
        }
    }

    private static boolean isWithin(Duration span, long at) {
        return System.nanoTime() - at < span.toNanos();
    }
}
