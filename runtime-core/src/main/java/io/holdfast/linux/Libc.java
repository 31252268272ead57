package io.holdfast.linux;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/** The C library's functions that {@link Kernel} and {@link FileTree} call, as libc declares them. */
@SuppressWarnings("checkstyle:MethodName")
public interface Libc {
    /**
     * A system call that libc has no function for. Not with five numbers: of six numbers jffi 1.4.3 passes on the last
     * one wrong.
     */
    long syscall(long number, long a, long b, long c, long d);

    /** fsopen: by number, since glibc has a function for it and its kin only since 2.36. */
    long syscall(long number, @In byte[] type, long flags);

    /** fsconfig without a key and a value. */
    long syscall(long number, long context, long command, Pointer noKey, Pointer noValue, long extra);

    /** fsconfig with a key and a value. */
    long syscall(long number, long context, long command, @In byte[] key, @In byte[] value, long extra);

    /** move_mount. */
    long syscall(long number, long from, @In byte[] fromPath, long to, @In byte[] toPath, long flags);

    int mount(String source, String target, String type, long flags, String options);

    int chdir(String path);

    int umount2(String target, int flags);

    int unshare(int flags);

    int setns(int fd, int type);

    int getpid();

    int gettid();

    int kill(int pid, int signal);

    int waitpid(int pid, @Out int[] status, int options);

    int close(int fd);

    int pipe2(@Out int[] fds, int flags);

    int memfd_create(String name, int flags);

    int ftruncate(int fd, @off_t long length);

    int fcntl(int fd, int command, long argument);

    @off_t
    long lseek(int fd, @off_t long offset, int whence);

    @ssize_t
    long read(int fd, @Out byte[] bytes, @size_t long length);

    @ssize_t
    long write(int fd, @In byte[] bytes, @size_t long length);

    @ssize_t
    long write(int fd, @In ByteBuffer direct, @size_t long length);

    @ssize_t
    long pread(int fd, @Out byte[] bytes, @size_t long length, @off_t long offset);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, Pointer event);

    int epoll_wait(int epoll, Pointer events, int most, int timeoutMillis);

    int poll(Pointer entries, long count, int timeoutMillis);

    int socket(int domain, int type, int protocol);

    int connect(int fd, @In byte[] address, int length);

    @ssize_t
    long send(int fd, @In byte[] bytes, @size_t long length, int flags);

    int ioctl(int fd, long request, Pointer argument);

    int fsync(int fd);

    int syncfs(int fd);

    int openat(int directory, @In byte[] path, int flags, int mode);

    /** openat2, which libc has no function for: {@code how} is flags, mode, resolve. */
    long syscall(long number, long directory, @In byte[] path, @In long[] how, long size);

    int mkdirat(int directory, @In byte[] path, int mode);

    int unlinkat(int directory, @In byte[] path, int flags);

    int symlinkat(@In byte[] target, int directory, @In byte[] path);

    int linkat(int fromDirectory, @In byte[] from, int toDirectory, @In byte[] to, int flags);

    int renameat2(int fromDirectory, @In byte[] from, int toDirectory, @In byte[] to, int flags);

    int mknodat(int directory, @In byte[] path, int mode, long device);

    int statx(int directory, @In byte[] path, int flags, int mask, @Out byte[] status);

    int fchmod(int fd, int mode);

    int fchown(int fd, int uid, int gid);

    int futimens(int fd, @In long[] times);

    int fchownat(int directory, @In byte[] path, int uid, int gid, int flags);

    int fchmodat(int directory, @In byte[] path, int mode, int flags);

    int utimensat(int directory, @In byte[] path, @In long[] times, int flags);

    int fsetxattr(int fd, @In byte[] name, @In byte[] value, @size_t long length, int flags);

    int lsetxattr(@In byte[] path, @In byte[] name, @In byte[] value, @size_t long length, int flags);

    int fremovexattr(int fd, @In byte[] name);

    @ssize_t
    long fgetxattr(int fd, @In byte[] name, @Out byte[] value, @size_t long length);

    @ssize_t
    long flistxattr(int fd, @Out byte[] names, @size_t long length);

    @ssize_t
    long getdents64(int fd, @Out byte[] entries, @size_t long length);

    int posix_spawnp(@Out int[] pid, byte[] path, Pointer actions, Pointer attributes, Pointer argv, Pointer envp);

    int posix_spawn_file_actions_init(Pointer actions);

    int posix_spawn_file_actions_destroy(Pointer actions);

    int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int target);

    int posix_spawn_file_actions_addopen(Pointer actions, int fd, String path, int flags, int mode);

    int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int lowest);

    int posix_spawn_file_actions_addchdir_np(Pointer actions, String path);

    int posix_spawnattr_init(Pointer attributes);

    int posix_spawnattr_destroy(Pointer attributes);

    int posix_spawnattr_setflags(Pointer attributes, short flags);

    int posix_spawnattr_setpgroup(Pointer attributes, int group);

    int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

    int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

    int sigfillset(Pointer signals);

    int sigemptyset(Pointer signals);
}
