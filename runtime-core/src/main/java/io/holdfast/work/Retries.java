package io.holdfast.work;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is owed: tried again unasked, ever more rarely, until it is done. One thread a debt, one debt an id, and few
 * tries at a time. What is owed has to be on record: a restart forgets this list.
 */
public final class Retries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration RAREST = Duration.ofMinutes(5);
    private static final Duration PARTING = Duration.ofSeconds(5);
    /** After a reboot every pod of a node is owed at once, and each is network plugins to run. */
    private static final int AT_ONCE = 16;

    private static final Duration EACH = Duration.ofMinutes(2);

    private final String what;
    private final Function<String, Optional<Failure>> work;
    private final Duration first;
    /** How often each debt was named: what is named while it is being tried is tried once more. */
    private final ConcurrentMap<String, Integer> owed = new ConcurrentHashMap<>();

    private final Semaphore slots = new Semaphore(AT_ONCE, true);
    private final ReadWriteLock underWay = new ReentrantReadWriteLock();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** The work answers why it is not done yet; {@link Failure.NotFound} thrown means that nothing is left to do. */
    public Retries(String what, Function<String, Optional<Failure>> work) {
        this(what, work, SOON);
    }

    /** As above; {@code first} is how long after a failure the work is tried again. */
    public Retries(String what, Function<String, Optional<Failure>> work, Duration first) {
        this.what = what;
        this.work = work;
        this.first = first;
    }

    /** Does the work at once, in the background. */
    public void now(String id) {
        begin(id, Duration.ZERO);
    }

    /** Does the work after a while: for what has just failed. */
    public void later(String id) {
        begin(id, first);
    }

    /** The ids of which something is owed. */
    public Set<String> owed() {
        return Set.copyOf(owed.keySet());
    }

    /** Begins no further try, and gives those under way a little time to end. */
    @Override
    public void close() {
        closed.countDown();
        try {
            if (!underWay.writeLock().tryLock(PARTING.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("{}: what is still owed is done after the next start", what);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(String id, Duration wait) {
        if (owed.merge(id, 1, Integer::sum) == 1) {
            Thread.ofVirtual().name("retry-" + id).start(() -> retry(id, wait));
        }
    }

    private void retry(String id, Duration begin) {
        Duration wait = begin;
        while (!isClosedWithin(wait) && !isOver(id)) {
            Duration longer = wait.isZero() ? first : wait.multipliedBy(2);
            wait = longer.compareTo(RAREST) < 0 ? longer : RAREST;
        }
    }

    /** Whether the debt is done, after one try, or nothing is to be begun any more. */
    private boolean isOver(String id) {
        slots.acquireUninterruptibly();
        try {
            if (!underWay.readLock().tryLock()) {
                return true;
            }
            try {
                int named = owed.get(id);
                return isDone(id) && owed.remove(id, named);
            } finally {
                underWay.readLock().unlock();
            }
        } finally {
            slots.release();
        }
    }

    private boolean isDone(String id) {
        try {
            Optional<Failure> left = Deadline.own(EACH, () -> work.apply(id));
            left.ifPresent(why -> LOG.warn("{} {}: not done yet, and tried again: {}", what, id, why.getMessage()));
            return left.isEmpty();
        } catch (Failure.NotFound gone) {
            return true;
        } catch (RuntimeException | Error failed) {
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
