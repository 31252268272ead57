package io.holdfast.linux;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import jnr.constants.platform.Errno;

/** An open regular file or directory: whatever happens to its name, these calls are about this very file. */
public final class FileHandle implements AutoCloseable {
    private static final int SEEK_CURRENT = 1;
    private static final int MOST_ATTRIBUTE_BYTES = 64 * 1024;
    private static final int USUAL_ATTRIBUTE_BYTES = 256;

    private final FileCalls calls;
    private final int fd;
    private final byte[] path;

    FileHandle(FileCalls calls, int fd, byte[] path) {
        this.calls = calls;
        this.fd = fd;
        this.path = path.clone();
    }

    int fd() {
        return fd;
    }

    public FileStatus status() {
        return calls.status(fd);
    }

    /** Writes all that remains in a direct buffer. */
    public void write(ByteBuffer direct) {
        while (direct.hasRemaining()) {
            long written = calls.libc().write(fd, direct, direct.remaining());
            if (written < 0 && calls.kernel().errno() == Errno.EINTR.intValue()) {
                continue;
            }
            check("write", (int) written);
            direct.position(direct.position() + (int) written);
        }
    }

    /** Leaves a hole: what is written next stands this much further on. */
    public void skip(long bytes) {
        check("lseek", calls.libc().lseek(fd, bytes, SEEK_CURRENT) < 0 ? -1 : 0);
    }

    /** Gives the file this length, with a hole at its end where it was shorter. */
    public void truncate(long length) {
        check("ftruncate", calls.libc().ftruncate(fd, length));
    }

    /** Sets all attributes, in the order in which none undoes another: a new owner clears setuid and capabilities. */
    public void set(FileAttributes attributes) {
        own(attributes.uid(), attributes.gid());
        attributes.extended().forEach(this::set);
        mode(attributes.mode());
        check("futimens", calls.libc().futimens(fd, attributes.times()));
    }

    /** Sets the times of access and modification. */
    public void modified(Instant time) {
        check("futimens", calls.libc().futimens(fd, FileAttributes.times(time)));
    }

    public void own(int uid, int gid) {
        check("fchown", calls.libc().fchown(fd, uid, gid));
    }

    public void mode(int mode) {
        check("fchmod", calls.libc().fchmod(fd, mode));
    }

    public void set(String attribute, byte[] value) {
        check(
                "fsetxattr " + FileCalls.printable(attribute.getBytes()),
                calls.libc().fsetxattr(fd, FileCalls.terminated(attribute), value, value.length, 0));
    }

    /** Success where the file does not have it. */
    public void unset(String attribute) {
        int result = calls.libc().fremovexattr(fd, FileCalls.terminated(attribute));
        if (result < 0 && calls.kernel().errno() != Errno.ENODATA.intValue()) {
            check("fremovexattr " + attribute, result);
        }
    }

    /** The attribute's value, or empty where the file does not have it. */
    public Optional<byte[]> attribute(String attribute) {
        byte[] name = FileCalls.terminated(attribute);
        byte[] value = new byte[USUAL_ATTRIBUTE_BYTES];
        long length = calls.libc().fgetxattr(fd, name, value, value.length);
        if (length < 0 && calls.kernel().errno() == Errno.ERANGE.intValue()) {
            value = new byte[MOST_ATTRIBUTE_BYTES];
            length = calls.libc().fgetxattr(fd, name, value, value.length);
        }
        if (length < 0 && calls.kernel().errno() == Errno.ENODATA.intValue()) {
            return Optional.empty();
        }
        check("fgetxattr " + attribute, (int) length);
        return Optional.of(Arrays.copyOf(value, (int) length));
    }

    /** All extended attributes by name, in the kernel's order. */
    public Map<String, byte[]> attributes() {
        byte[] names = new byte[MOST_ATTRIBUTE_BYTES];
        int length = check("flistxattr", (int) calls.libc().flistxattr(fd, names, names.length));
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        for (String each : new String(names, 0, length).split("\0")) {
            if (!each.isEmpty()) {
                attribute(each).ifPresent(value -> attributes.put(each, value));
            }
        }
        return attributes;
    }

    @Override
    public void close() {
        calls.kernel().close(fd);
    }

    private int check(String call, int result) {
        return calls.check(call, path, result);
    }
}
