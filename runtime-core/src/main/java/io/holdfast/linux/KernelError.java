package io.holdfast.linux;

import jnr.constants.platform.Errno;

/** A system call that the kernel refused: which one, on what, and the errno. */
public final class KernelError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    public KernelError(String call, String target, int errno) {
        super(call + " " + target + ": " + describe(errno));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }

    public boolean is(Errno wanted) {
        return errno == wanted.intValue();
    }

    /** No such file, directory or process. */
    public boolean isAbsent() {
        return is(Errno.ENOENT) || is(Errno.ESRCH);
    }

    /** Something stands under that name already. */
    public boolean isPresent() {
        return is(Errno.EEXIST);
    }

    /** What the path leads through, or to, is no directory. */
    public boolean isNotDirectory() {
        return is(Errno.ENOTDIR);
    }

    /** No directory is reached by the path: something in it is not there, is no directory, or is a link in a circle. */
    public boolean leadsNowhere() {
        return isAbsent() || isNotDirectory() || is(Errno.ELOOP);
    }

    /** Nobody reads from it any more. */
    public boolean isBrokenPipe() {
        return is(Errno.EPIPE);
    }

    /** The file system, or somebody's share of it, is full. */
    public boolean isNoSpace() {
        return is(Errno.ENOSPC) || is(Errno.EDQUOT);
    }

    private static String describe(int errno) {
        Errno known = Errno.valueOf(errno);
        return known == Errno.__UNKNOWN_CONSTANT__ ? "errno " + errno : known.description() + " (" + known.name() + ")";
    }
}
