package io.holdfast.container;

import io.holdfast.linux.CgroupUsage;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A container in memory: its record, which is replaced whole, the lock of the verbs that change its state, and the
 * moment of its end. Nothing waits for a process's end with the lock.
 */
final class LiveContainer {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(4);

    /** What was answered to the latest question for usage. */
    record Sample(CgroupUsage group, ContainerUsage.Layer writable) {}

    private final ReentrantLock verb = new ReentrantLock();
    private final ReentrantLock limits = new ReentrantLock();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile ContainerRecord record;
    private volatile Optional<Sample> sample = Optional.empty();

    LiveContainer(ContainerRecord record) {
        set(record);
    }

    ContainerRecord record() {
        return record;
    }

    Container container() {
        return record.container();
    }

    ContainerState state() {
        return record.state();
    }

    String id() {
        return record.id();
    }

    /** Only {@link ContainerTable} does this, which also writes it down. */
    void set(ContainerRecord changed) {
        record = changed;
        if (!changed.state().mayRun()) {
            ended.countDown();
        }
    }

    /** Does what may change the state, one thread at a time; fails at the caller's deadline. */
    <T> T exclusively(Supplier<T> work) {
        return locked(verb, work);
    }

    /** Changes the limits, one thread at a time. Apart from the verbs, so that no exit waits for it. */
    <T> T limiting(Supplier<T> work) {
        return locked(limits, work);
    }

    /** For an exit, which has to be recorded however long a verb lasts. */
    void exclusivelyAtLast(Runnable work) {
        verb.lock();
        try {
            work.run();
        } finally {
            verb.unlock();
        }
    }

    /** Waits until the container has ended; false where it has not within the limit. */
    boolean awaitEnd(Duration limit) {
        try {
            return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable("container " + id() + ": interrupted; the daemon is stopping", interrupted);
        }
    }

    Optional<Sample> sample() {
        return sample;
    }

    void sampled(Sample latest) {
        sample = Optional.of(latest);
    }

    private <T> T locked(ReentrantLock lock, Supplier<T> work) {
        try {
            if (!lock.tryLock(Deadline.remaining(LONGEST_WAIT).toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Failure.TimedOut("container " + id() + ": another call on it is still under way; try again");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable("container " + id() + ": interrupted; the daemon is stopping", interrupted);
        }
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
