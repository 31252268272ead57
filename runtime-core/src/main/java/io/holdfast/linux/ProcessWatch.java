package io.holdfast.linux;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    private static final int EVENT_FD = PACKED ? 4 : 8;

    private final Kernel kernel;
    private final int epoll;
    /** Readable as soon as its other end is closed: how the thread learns that it is to end. */
    private final List<Integer> wake;

    private final Thread thread;
    private final ConcurrentMap<Integer, Runnable> actions = new ConcurrentHashMap<>();
    private volatile boolean open = true;

    public ProcessWatch(Kernel kernel) {
        this.kernel = kernel;
        this.epoll = kernel.check("epoll_create1", "", kernel.libc().epoll_create1(EPOLL_CLOEXEC));
        this.wake = kernel.pipe();
        add(wake.getFirst());
        this.thread = Thread.ofPlatform().name("process-watch").daemon().start(this::loop);
    }

    /** Runs the action once, as soon as the process has ended: at once where it has already. */
    public void onExit(ProcessIdentity process, Runnable action) {
        OptionalInt pidfd = process.open(kernel);
        if (pidfd.isEmpty()) {
            start(action);
            return;
        }
        watch(pidfd.getAsInt(), action);
    }

    /** Waits until the process has ended; false where it has not within the limit. */
    public boolean awaitExit(ProcessIdentity process, Duration limit) {
        CountDownLatch ended = new CountDownLatch(1);
        onExit(process, ended::countDown);
        return await(ended, limit);
    }

    /** Waits for a child that is not reaped yet, so that its pid cannot have passed to another. */
    boolean awaitChild(int pid, Duration limit) {
        CountDownLatch ended = new CountDownLatch(1);
        watch(kernel.pidfd(pid).orElseThrow(), ended::countDown);
        return await(ended, limit);
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
        actions.keySet().forEach(kernel::close);
        kernel.close(epoll);
    }

    private static boolean await(CountDownLatch ended, Duration limit) {
        try {
            return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void watch(int pidfd, Runnable action) {
        actions.put(pidfd, action);
        add(pidfd);
    }

    private void add(int pidfd) {
        Pointer event = kernel.runtime().getMemoryManager().allocateDirect(EVENT_BYTES, true);
        event.putInt(0, EPOLLIN | EPOLLONESHOT);
        event.putInt(EVENT_FD, pidfd);
        kernel.check("epoll_ctl", "process watch", kernel.libc().epoll_ctl(epoll, EPOLL_CTL_ADD, pidfd, event));
    }

    private void loop() {
        Pointer events = kernel.runtime().getMemoryManager().allocateDirect(EVENT_BYTES * MOST_EVENTS, true);
        while (open) {
            int count = kernel.libc().epoll_wait(epoll, events, MOST_EVENTS, NO_TIMEOUT);
            if (count < 0 && kernel.errno() != Errno.EINTR.intValue()) {
                throw new KernelError("epoll_wait", "process watch", kernel.errno());
            }
            for (int i = 0; i < count; i++) {
                ended(events.getInt((long) i * EVENT_BYTES + EVENT_FD));
            }
        }
    }

    private void ended(int pidfd) {
        Runnable action = actions.remove(pidfd);
        if (action != null) {
            kernel.close(pidfd);
            start(action);
        }
    }

    private static void start(Runnable action) {
        Thread.ofVirtual().name("process-exit").start(action);
    }
}
