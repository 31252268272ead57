package io.holdfast.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An open directory. Its entries are named by single names of any bytes but zero and slash; no call follows a link that
 * stands under a name, and none replaces what is there.
 */
public final class Directory implements AutoCloseable {
    static final int O_NOFOLLOW = 0400000;

    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;
    private static final int O_DIRECTORY = 0200000;
    private static final int OWNER_ONLY = 0600;
    private static final int LISTING_BYTES = 32 * 1024;
    private static final int LISTED_LENGTH = 16;
    private static final int LISTED_NAME = 19;

    private final FileCalls calls;
    private final FileHandle handle;

    private Directory(FileCalls calls, FileHandle handle) {
        this.calls = calls;
        this.handle = handle;
    }

    /** Opens the directory below another one, as {@code resolve} allows; O_NOFOLLOW is the only flag that makes sense. */
    static Directory open(FileCalls calls, int above, byte[] path, int flags, long resolve) {
        int fd = calls.open(above, FileCalls.terminated(path), O_DIRECTORY | flags, resolve);
        return new Directory(calls, new FileHandle(calls, fd, path));
    }

    /** The directory itself, for its attributes. Closed with it. */
    public FileHandle handle() {
        return handle;
    }

    /** A path to this very directory, whatever happens to its name: for a helper to use while it is open here. */
    public Path path() {
        return Path.of("/proc/" + calls.libc().getpid() + "/fd/" + handle.fd());
    }

    /** Opens the directory of this name; it fails with ENOTDIR or ELOOP on anything else. */
    public Directory child(byte[] name) {
        byte[] path = FileCalls.terminated(name);
        int fd = check(
                "openat", name, calls.libc().openat(fd(), path, O_DIRECTORY | O_NOFOLLOW | FileCalls.O_CLOEXEC, 0));
        return new Directory(calls, new FileHandle(calls, fd, name));
    }

    /** Makes an empty regular file that only its owner can use yet, opened to be written. */
    public FileHandle create(byte[] name) {
        int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | FileCalls.O_CLOEXEC;
        int fd = check("openat", name, calls.libc().openat(fd(), FileCalls.terminated(name), flags, OWNER_ONLY));
        return new FileHandle(calls, fd, name);
    }

    public void makeDirectory(byte[] name, int mode) {
        check("mkdirat", name, calls.libc().mkdirat(fd(), FileCalls.terminated(name), mode));
    }

    public void makeSymlink(byte[] name, byte[] target) {
        check(
                "symlinkat",
                name,
                calls.libc().symlinkat(FileCalls.terminated(target), fd(), FileCalls.terminated(name)));
    }

    /** Makes another name for what stands under {@code existing} in a directory of the same file system. */
    public void makeLink(byte[] name, Directory of, byte[] existing) {
        byte[] from = FileCalls.terminated(existing);
        check("linkat", name, calls.libc().linkat(of.fd(), from, fd(), FileCalls.terminated(name), 0));
    }

    /** Makes a device node or a FIFO: which, the type bits of the mode say. */
    public void makeNode(byte[] name, int typeAndMode, FileStatus.Device device) {
        byte[] path = FileCalls.terminated(name);
        check("mknodat", name, calls.libc().mknodat(fd(), path, typeAndMode, device.number()));
    }

    /** What stands under this name, or empty. */
    public Optional<FileStatus> status(byte[] name) {
        try {
            return Optional.of(calls.status(fd(), FileCalls.terminated(name), FileCalls.AT_SYMLINK_NOFOLLOW));
        } catch (KernelError refused) {
            if (refused.isAbsent()) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** Sets the attributes of a symbolic link, which has no mode, or of a node. */
    public void set(byte[] name, FileAttributes attributes, boolean symlink) {
        byte[] path = FileCalls.terminated(name);
        int flags = FileCalls.AT_SYMLINK_NOFOLLOW;
        check("fchownat", name, calls.libc().fchownat(fd(), path, attributes.uid(), attributes.gid(), flags));
        attributes.extended().forEach((attribute, value) -> set(name, attribute, value));
        if (!symlink) {
            check("fchmodat", name, calls.libc().fchmodat(fd(), path, attributes.mode(), flags));
        }
        check("utimensat", name, calls.libc().utimensat(fd(), path, attributes.times(), flags));
    }

    /** The names in the directory, in no order. Read whole, since they may be removed one by one. */
    public List<byte[]> names() {
        List<byte[]> names = new ArrayList<>();
        byte[] listing = new byte[LISTING_BYTES];
        calls.rewind(fd());
        for (int length = list(listing); length > 0; length = list(listing)) {
            addNames(ByteBuffer.wrap(listing, 0, length).order(ByteOrder.nativeOrder()), names);
        }
        return names;
    }

    /** Removes what stands under this name, with all below it; success where nothing does. */
    public void remove(byte[] name) {
        new TreeRemoval(calls, this).remove(name);
    }

    @Override
    public void close() {
        handle.close();
    }

    int fd() {
        return handle.fd();
    }

    private void set(byte[] name, String attribute, byte[] value) {
        byte[] path = FileCalls.terminated(FileCalls.join(("/proc/self/fd/" + fd() + "/").getBytes(), name));
        byte[] key = FileCalls.terminated(attribute);
        check("lsetxattr", name, calls.libc().lsetxattr(path, key, value, value.length, 0));
    }

    private int list(byte[] listing) {
        return check("getdents64", new byte[0], (int) calls.libc().getdents64(fd(), listing, listing.length));
    }

    /** Reads the kernel's {@code struct linux_dirent64} one after the other. */
    private static void addNames(ByteBuffer listing, List<byte[]> names) {
        int start = 0;
        while (start < listing.limit()) {
            int next = start + Short.toUnsignedInt(listing.getShort(start + LISTED_LENGTH));
            int end = start + LISTED_NAME;
            while (listing.get(end) != 0) {
                end++;
            }
            byte[] name = Arrays.copyOfRange(listing.array(), start + LISTED_NAME, end);
            if (!isDots(name)) {
                names.add(name);
            }
            start = next;
        }
    }

    private static boolean isDots(byte[] name) {
        return name.length <= 2 && name[0] == '.' && name[name.length - 1] == '.';
    }

    private int check(String call, byte[] name, int result) {
        return calls.check(call, name, result);
    }
}
