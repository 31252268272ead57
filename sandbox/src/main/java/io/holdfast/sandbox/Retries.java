package io.holdfast.sandbox;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on releasing, unasked, what would not go: soon after the failure, then ever more rarely, up to five
 * minutes. */
final class Retries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final Duration RAREST = Duration.ofMinutes(5);
    private static final Duration EACH = Duration.ofMinutes(2);

    private final Function<String, Optional<Failure>> release;
    private final Duration first;
    private final Set<String> owed = ConcurrentHashMap.newKeySet();
    private final ReadWriteLock underWay = new ReentrantReadWriteLock();
    private final CountDownLatch closed = new CountDownLatch(1);

    Retries(Function<String, Optional<Failure>> release, Duration first) {
        this.release = release;
        this.first = first;
    }

    /** Has the sandbox released later; once at a time. */
    void later(String id) {
        if (owed.add(id)) {
            Thread.ofVirtual().name("release-" + id).start(() -> retry(id));
        }
    }

    /** Begins no further try, and waits for those under way. */
    @Override
    public void close() {
        closed.countDown();
        underWay.writeLock().lock();
    }

    private void retry(String id) {
        Duration wait = first;
        while (!isClosedWithin(wait) && underWay.readLock().tryLock()) {
            try {
                if (isDone(id)) {
                    owed.remove(id);
                    return;
                }
            } finally {
                underWay.readLock().unlock();
            }
            wait = wait.multipliedBy(2).compareTo(RAREST) < 0 ? wait.multipliedBy(2) : RAREST;
        }
    }

    private boolean isDone(String id) {
        try {
            return Deadline.own(EACH, () -> release.apply(id)).isEmpty();
        } catch (Failure.NotFound gone) {
            return true;
        } catch (RuntimeException failed) {
            LOG.warn("Releasing sandbox {} failed again; it goes on being tried", id, failed);
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
