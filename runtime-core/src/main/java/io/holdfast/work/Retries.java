package io.holdfast.work;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is owed: tried again unasked, ever more rarely, until it is done. One thread a debt, and one debt an id.
 * What is owed has to be on record: a restart forgets this list.
 */
public final class Retries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration RAREST = Duration.ofMinutes(5);
    private static final Duration EACH = Duration.ofMinutes(2);

    private final String what;
    private final Function<String, Optional<Failure>> work;
    private final Set<String> owed = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** The work answers why it is not done yet; {@link Failure.NotFound} thrown means that nothing is left to do. */
    public Retries(String what, Function<String, Optional<Failure>> work) {
        this.what = what;
        this.work = work;
    }

    /** Does the work at once, in the background. */
    public void now(String id) {
        begin(id, Duration.ZERO);
    }

    /** Does the work after a second: for what has just failed. */
    public void later(String id) {
        begin(id, FIRST);
    }

    /** The ids of which something is owed. */
    public Set<String> owed() {
        return Set.copyOf(owed);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void begin(String id, Duration wait) {
        if (owed.add(id)) {
            Thread.ofVirtual().name("retry-" + id).start(() -> retry(id, wait));
        }
    }

    private void retry(String id, Duration first) {
        Duration wait = first;
        while (!isClosedWithin(wait)) {
            if (isDone(id)) {
                owed.remove(id);
                return;
            }
            Duration longer = wait.isZero() ? FIRST : wait.multipliedBy(2);
            wait = longer.compareTo(RAREST) < 0 ? longer : RAREST;
        }
    }

    private boolean isDone(String id) {
        try {
            Optional<Failure> left = Deadline.own(EACH, () -> work.apply(id));
            left.ifPresent(why -> LOG.warn("{} {}: not done yet, and tried again: {}", what, id, why.getMessage()));
            return left.isEmpty();
        } catch (Failure.NotFound gone) {
            return true;
        } catch (RuntimeException failed) {
            LOG.warn("{} {}: failed, and is tried again", what, id, failed);
            return false;
        }
    }

    private boolean isClosedWithin(Duration wait) {
        try {
            return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
