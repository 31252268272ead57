package io.holdfast.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.constants.platform.Errno;

/**
 * The calls below {@link FileTree}: paths are bytes, since a file name on Linux is any bytes, and every path is relative to an
 * open directory.
 */
final class FileCalls {
    static final int O_CLOEXEC = 02000000;
    static final int O_PATH = 010000000;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final long RESOLVE_NO_MAGICLINKS = 2;
    static final long RESOLVE_NO_XDEV = 1;
    static final long RESOLVE_IN_ROOT = 16;

    private static final long SYS_OPENAT2 = 437;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int RENAMES_SURVIVED = 64;
    private static final byte[] ITSELF = {0};

    private final Kernel kernel;
    private final Libc libc;

    FileCalls(Kernel kernel) {
        this.kernel = kernel;
        this.libc = kernel.libc();
    }

    Kernel kernel() {
        return kernel;
    }

    Libc libc() {
        return libc;
    }

    /** Opens below the directory as {@code resolve} allows; the path ends with a zero byte. */
    int open(int directory, byte[] path, int flags, long resolve) {
        long[] how = {flags | O_CLOEXEC, 0, resolve};
        for (int attempt = 1; ; attempt++) {
            int fd = (int) libc.syscall(SYS_OPENAT2, directory, path, how, Long.BYTES * how.length);
            // EAGAIN: something was renamed while the kernel looked for a "..".
            if (fd >= 0 || kernel.errno() != Errno.EAGAIN.intValue() || attempt == RENAMES_SURVIVED) {
                return check("openat2", path, fd);
            }
        }
    }

    FileStatus status(int fd) {
        return status(fd, ITSELF, AT_EMPTY_PATH);
    }

    FileStatus status(int directory, byte[] path, int flags) {
        byte[] statx = new byte[FileStatus.STRUCT_BYTES];
        check("statx", path, libc.statx(directory, path, flags, STATX_BASIC_STATS, statx));
        return FileStatus.parse(statx);
    }

    /** The result, or the refusal; only then is the path made fit to be shown. */
    int check(String call, byte[] path, int result) {
        return result < 0 ? kernel.check(call, printable(path), result) : result;
    }

    /** Lets the directory be listed from its beginning. */
    void rewind(int fd) {
        kernel.check("lseek", "fd " + fd, libc.lseek(fd, 0, 0) < 0 ? -1 : 0);
    }

    static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** A path as the kernel takes it. */
    static byte[] terminated(byte[] path) {
        return Arrays.copyOf(path, path.length + 1);
    }

    static byte[] terminated(String path) {
        return terminated(path.getBytes(StandardCharsets.UTF_8));
    }

    /** A path as a message may show it: without control characters, and not too long. */
    static String printable(byte[] path) {
        String text = new String(path, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+$", "");
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 200 ? clean : clean.substring(0, 200) + "...";
    }
}
