package io.holdfast.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * The system calls that Holdfast makes. Every refusal is a {@link KernelError}; EINTR is retried here. Descriptors are
 * plain ints, all of them close-on-exec, and belong to who asked for them.
 *
 * <p>Calls hold the carrier of a virtual thread: those that can block for long belong on platform threads.
 */
public final class Kernel {
    public static final int MS_RDONLY = 1;
    public static final int MS_NOSUID = 2;
    public static final int MS_NODEV = 4;
    public static final int MS_NOEXEC = 8;
    public static final int MS_REMOUNT = 32;
    public static final int MS_BIND = 4096;
    public static final int MS_REC = 16384;
    public static final int MS_PRIVATE = 1 << 18;
    public static final int MS_SHARED = 1 << 20;
    public static final int CLONE_NEWNET = 0x40000000;
    public static final int CLONE_NEWIPC = 0x08000000;
    public static final int CLONE_NEWUTS = 0x04000000;
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;

    private static final int MNT_DETACH = 2;
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_WRONLY = 1;
    private static final int O_NONBLOCK = 04000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int LOWEST_OWN_FD = 32;
    private static final int WNOHANG = 1;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = O_CLOEXEC;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final short IFF_UP = 1;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS = 16;

    private final Libc libc;
    private final Runtime runtime;

    public Kernel() {
        this.libc = LibraryLoader.create(Libc.class).load("c");
        this.runtime = Runtime.getRuntime(libc);
    }

    /** The raw functions, for the classes of this package that make families of calls. */
    Libc libc() {
        return libc;
    }

    Runtime runtime() {
        return runtime;
    }

    public void mount(String source, Path target, String type, long flags, String options) {
        check("mount " + type, target.toString(), libc.mount(source, target.toString(), type, flags, options));
    }

    /** Binds a file or directory over another. */
    public void bind(Path source, Path target) {
        mount(source.toString(), target, "none", MS_BIND, "");
    }

    /** Detaches the mount at this path; success where there is none. */
    public void unmount(Path target) {
        if (libc.umount2(target.toString(), MNT_DETACH) != 0
                && errno() != Errno.EINVAL.intValue()
                && errno() != Errno.ENOENT.intValue()) {
            throw new KernelError("umount", target.toString(), errno());
        }
    }

    /** Moves the calling thread into new namespaces: only ever on a {@link FreshThread}. */
    public void unshare(int flags) {
        check("unshare", "0x" + Integer.toHexString(flags), libc.unshare(flags));
    }

    /** Moves the calling thread into the namespace pinned at this path: only ever on a {@link FreshThread}. */
    public void enter(Path namespace, int type) {
        int fd = open(namespace);
        try {
            check("setns", namespace.toString(), libc.setns(fd, type));
        } finally {
            close(fd);
        }
    }

    /** The calling thread's own directory in /proc. */
    public Path ownThread() {
        return Path.of("/proc/self/task/" + libc.gettid());
    }

    /** Brings the interface up in the calling thread's network namespace. */
    public void linkUp(String name) {
        int fd = check("socket", name, libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        try {
            Pointer request = runtime.getMemoryManager().allocateDirect(IFREQ_BYTES, true);
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            request.put(0, bytes, 0, bytes.length);
            check("ioctl SIOCGIFFLAGS", name, libc.ioctl(fd, SIOCGIFFLAGS, request));
            request.putShort(IFREQ_FLAGS, (short) (request.getShort(IFREQ_FLAGS) | IFF_UP));
            check("ioctl SIOCSIFFLAGS", name, libc.ioctl(fd, SIOCSIFFLAGS, request));
        } finally {
            close(fd);
        }
    }

    /** A pidfd, or empty where no such process is. */
    public OptionalInt pidfd(long pid) {
        int fd = (int) libc.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0);
        if (fd < 0 && errno() == Errno.ESRCH.intValue()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(check("pidfd_open", Long.toString(pid), fd));
    }

    /** Sends the signal to the process of this pidfd; false where it is gone. */
    public boolean signalByPidfd(int pidfd, int signal) {
        int result = (int) libc.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0);
        if (result != 0 && errno() == Errno.ESRCH.intValue()) {
            return false;
        }
        check("pidfd_send_signal", Integer.toString(signal), result);
        return true;
    }

    /** Kills a whole process group that we made ourselves; success where it is gone. */
    public void killGroup(int leader) {
        if (libc.kill(-leader, SIGKILL) != 0 && errno() != Errno.ESRCH.intValue()) {
            throw new KernelError("kill process group", Integer.toString(leader), errno());
        }
    }

    /** Reaps one child of ours if it has ended: its wait status. Never asks for any other child. */
    public OptionalInt reap(int pid) {
        int[] status = new int[1];
        int reaped = check("waitpid", Integer.toString(pid), libc.waitpid(pid, status, WNOHANG));
        return reaped == 0 ? OptionalInt.empty() : OptionalInt.of(status[0]);
    }

    /** Both ends of a pipe: read end first. */
    public List<Integer> pipe() {
        int[] ends = new int[2];
        check("pipe2", "", libc.pipe2(ends, O_CLOEXEC));
        int readEnd = liftedOr(ends[0], ends[1]);
        return List.of(readEnd, liftedOr(ends[1], readEnd));
    }

    /**
     * A file in memory that cannot grow beyond {@code most} bytes, nor be cut back, which a shell does that opens
     * /dev/stderr by its name: what a helper's output goes into.
     */
    public int cappedFile(String name, long most) {
        int fd = lifted(check("memfd_create", name, libc.memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING)));
        return orClosed(fd, () -> {
            check("ftruncate", name, libc.ftruncate(fd, most));
            check("fcntl F_ADD_SEALS", name, libc.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
        });
    }

    /** A file in memory with this content, read from its beginning. */
    public int memoryFile(String name, byte[] content) {
        int fd = lifted(check("memfd_create", name, libc.memfd_create(name, MFD_CLOEXEC)));
        return orClosed(fd, () -> {
            writeAll(fd, content);
            seek(fd, 0, 0);
        });
    }

    public long position(int fd) {
        return seek(fd, 0, 1);
    }

    public void writeAll(int fd, byte[] content) {
        byte[] rest = content;
        while (rest.length > 0) {
            long written = libc.write(fd, rest, rest.length);
            if (written < 0 && errno() == Errno.EINTR.intValue()) {
                continue;
            }
            check("write", "fd " + fd, (int) Math.min(written, Integer.MAX_VALUE));
            rest = java.util.Arrays.copyOfRange(rest, (int) written, rest.length);
        }
    }

    /** Reads up to the buffer's length; 0 at the end. Blocks: for platform threads. */
    public int read(int fd, byte[] buffer) {
        long count;
        do {
            count = libc.read(fd, buffer, buffer.length);
        } while (count < 0 && errno() == Errno.EINTR.intValue());
        return check("read", "fd " + fd, (int) count);
    }

    /** The first {@code length} bytes of a file, whatever its position. */
    public byte[] contentOf(int fd, int length) {
        byte[] content = new byte[length];
        long count = libc.pread(fd, content, length, 0);
        return java.util.Arrays.copyOf(content, check("pread", "fd " + fd, (int) count));
    }

    public int open(Path path) {
        byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
        return check("open", path.toString(), libc.openat(-100, name, O_CLOEXEC, 0));
    }

    /** Opens a fifo to write into it: refused with ENXIO where nobody has it open to read. Writes do not wait either. */
    public int openFifo(Path path) {
        byte[] name = (path + "\0").getBytes(StandardCharsets.UTF_8);
        return check("open", path.toString(), libc.openat(-100, name, O_CLOEXEC | O_WRONLY | O_NONBLOCK, 0));
    }

    public void close(int fd) {
        check("close", "fd " + fd, libc.close(fd));
    }

    /** Flushes the whole file system that holds this path. */
    public void syncFilesystem(Path path) {
        int fd = open(path);
        try {
            check("syncfs", path.toString(), libc.syncfs(fd));
        } finally {
            close(fd);
        }
    }

    /** Sends one datagram to a unix socket; a leading {@code @} means the abstract name space. */
    public void sendDatagram(String socket, String message) throws IOException {
        int fd = check("socket", socket, libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        try {
            byte[] path = socket.getBytes(StandardCharsets.UTF_8);
            byte[] address = new byte[2 + path.length];
            address[0] = AF_UNIX;
            System.arraycopy(path, 0, address, 2, path.length);
            if (path.length > 0 && path[0] == '@') {
                address[2] = 0;
            }
            check("connect", socket, libc.connect(fd, address, address.length));
            byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            check("send", socket, (int) libc.send(fd, bytes, bytes.length, MSG_NOSIGNAL));
        } finally {
            close(fd);
        }
    }

    /** The result, or the refusal as a {@link KernelError}. */
    int check(String call, String target, int result) {
        if (result < 0) {
            throw new KernelError(call, target, errno());
        }
        return result;
    }

    int errno() {
        return jnr.ffi.LastError.getLastError(runtime);
    }

    /** The same file under a number that no child's file action names. */
    private int lifted(int fd) {
        try {
            return check("fcntl F_DUPFD_CLOEXEC", "fd " + fd, libc.fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_OWN_FD));
        } finally {
            close(fd);
        }
    }

    /** The same, and where that fails, the other end does not stay open either. */
    private int liftedOr(int fd, int other) {
        try {
            return lifted(fd);
        } catch (KernelError full) {
            close(other);
            throw full;
        }
    }

    /** The descriptor, ready for use; where that fails it does not stay open. */
    private int orClosed(int fd, Runnable preparation) {
        try {
            preparation.run();
            return fd;
        } catch (RuntimeException failed) {
            close(fd);
            throw failed;
        }
    }

    private long seek(int fd, long offset, int whence) {
        long position = libc.lseek(fd, offset, whence);
        check("lseek", "fd " + fd, position < 0 ? -1 : 0);
        return position;
    }
}
