package io.holdfast.linux;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/**
 * Learns of process exits without polling: pidfds on one epoll, waited on by one platform thread. What is to be done
 * at an exit runs on a virtual thread of its own.
 */
public final class ProcessWatch implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int MOST_EVENTS = 64;
    private static final int NO_TIMEOUT = -1;
    /** struct epoll_event is packed on x86-64 alone. */
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    private static final int EVENT_BYTES = PACKED ? 12 : 16;
    private static final int EVENT_NUMBER = PACKED ? 4 : 8;
    /** The number of no process. */
    private static final long WAKE = 0;

    private record Watched(int pidfd, Runnable action) {}

    private final Kernel kernel;
    private final int epoll;
    /** Readable as soon as its other end is closed: how the thread learns that it is to end. */
    private final List<Integer> wake;

    private final Thread thread;
    /** By numbers of our own: an event that is late must not be taken for one of whatever got the descriptor since. */
    private final ConcurrentMap<Long, Watched> all = new ConcurrentHashMap<>();

    private final AtomicLong numbers = new AtomicLong(WAKE);
    private volatile boolean open = true;

    public ProcessWatch(Kernel kernel) {
        this.kernel = kernel;
        this.epoll = kernel.check("epoll_create1", "", kernel.libc().epoll_create1(EPOLL_CLOEXEC));
        this.wake = kernel.pipe();
        add(wake.getFirst(), WAKE);
        this.thread = Thread.ofPlatform().name("process-watch").daemon().start(this::loop);
    }

    /** Runs the action once, as soon as the process has ended: at once where it has already. */
    public void onExit(ProcessIdentity process, Runnable action) {
        process.open(kernel).ifPresentOrElse(pidfd -> watch(pidfd, action), () -> start(action));
    }

    /** Waits until the process has ended; false where it has not within the limit. Nothing stays of a wait. */
    public boolean awaitExit(ProcessIdentity process, Duration limit) {
        OptionalInt pidfd = process.open(kernel);
        return pidfd.isEmpty() || await(pidfd.getAsInt(), limit);
    }

    /** Waits for a child that is not reaped yet, so that its pid cannot have passed to another. */
    boolean awaitChild(int pid, Duration limit) {
        return await(kernel.pidfd(pid).orElseThrow(), limit);
    }

    @Override
    public void close() {
        open = false;
        kernel.close(wake.getLast());
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        kernel.close(wake.getFirst());
        all.keySet().forEach(this::forget);
        kernel.close(epoll);
    }

    private boolean await(int pidfd, Duration limit) {
        CountDownLatch ended = new CountDownLatch(1);
        long number = watch(pidfd, ended::countDown);
        try {
            return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            forget(number);
        }
    }

    private long watch(int pidfd, Runnable action) {
        long number = numbers.incrementAndGet();
        all.put(number, new Watched(pidfd, action));
        try {
            add(pidfd, number);
            return number;
        } catch (KernelError refused) {
            forget(number);
            throw refused;
        }
    }

    /** Whoever takes it out closes it. */
    private Optional<Runnable> forget(long number) {
        Optional<Watched> watched = Optional.ofNullable(all.remove(number));
        watched.ifPresent(it -> kernel.close(it.pidfd()));
        return watched.map(Watched::action);
    }

    private void add(int descriptor, long number) {
        Pointer event = kernel.runtime().getMemoryManager().allocateDirect(EVENT_BYTES, true);
        event.putInt(0, EPOLLIN | EPOLLONESHOT);
        event.putLong(EVENT_NUMBER, number);
        kernel.check("epoll_ctl", "process watch", kernel.libc().epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, event));
    }

    private void loop() {
        Pointer events = kernel.runtime().getMemoryManager().allocateDirect(EVENT_BYTES * MOST_EVENTS, true);
        while (open) {
            int count = kernel.libc().epoll_wait(epoll, events, MOST_EVENTS, NO_TIMEOUT);
            if (count < 0 && kernel.errno() != Errno.EINTR.intValue()) {
                throw new KernelError("epoll_wait", "process watch", kernel.errno());
            }
            for (int i = 0; i < count; i++) {
                forget(events.getLong((long) i * EVENT_BYTES + EVENT_NUMBER)).ifPresent(ProcessWatch::start);
            }
        }
    }

    private static void start(Runnable action) {
        Thread.ofVirtual().name("process-exit").start(action);
    }
}
