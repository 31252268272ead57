package io.holdfast.linux;

import io.holdfast.work.Failure;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory tree that somebody else may have filled, such as a container's root. Every path in it is resolved by the
 * kernel below the opened root, once: links lead nowhere else, {@code ..} ends at the root, and links of /proc are not
 * followed.
 */
public final class FileTree implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;
    private static final long BELOW =
            FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS | FileCalls.RESOLVE_NO_XDEV;

    private final FileCalls calls;
    private final Path root;
    private final int fd;

    private FileTree(FileCalls calls, Path root, int fd) {
        this.calls = calls;
        this.root = root;
        this.fd = fd;
    }

    /** The root's own path is ours and trusted: it is resolved as any path is. */
    public static FileTree open(Kernel kernel, Path root) {
        return new FileTree(new FileCalls(kernel), root, kernel.open(root));
    }

    /**
     * The content of a regular file, or empty where nothing stands at the path. Anything but a regular file, and one of
     * more than {@code most} bytes, is a {@link Failure.Broken}; nothing of it is opened.
     */
    public Optional<byte[]> readRegular(String path, int most) {
        if (path.indexOf('\0') >= 0) {
            throw new Failure.Invalid("reading a file below " + root + ": its path has a zero byte");
        }
        Optional<Integer> handle = find(path);
        if (handle.isEmpty()) {
            return Optional.empty();
        }
        try {
            requireReadable(path, calls.status(handle.get()), most);
            return Optional.of(content(path, handle.get(), most));
        } finally {
            calls.kernel().close(handle.get());
        }
    }

    /** The root itself. */
    public Directory root() {
        return directory(new byte[] {'.'});
    }

    /**
     * Opens the directory at this path of any bytes, following links below the root but never to another file system.
     */
    public Directory directory(byte[] path) {
        return Directory.open(calls, fd, path, 0, BELOW);
    }

    /** As {@link #directory}, but where the last name is a link it fails. */
    public Directory directoryItself(byte[] path) {
        return Directory.open(calls, fd, path, Directory.O_NOFOLLOW, BELOW);
    }

    @Override
    public void close() {
        calls.kernel().close(fd);
    }

    /** A handle that only names the file: opening a device or a FIFO by it does nothing to it. */
    private Optional<Integer> find(String path) {
        try {
            return Optional.of(calls.open(
                    fd,
                    FileCalls.terminated(path),
                    FileCalls.O_PATH,
                    FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS));
        } catch (KernelError refused) {
            if (refused.isAbsent() || refused.isNotDirectory()) {
                return Optional.empty();
            }
            throw new Failure.Broken("reading " + path + " below " + root + ": " + refused.getMessage(), refused);
        }
    }

    private void requireReadable(String path, FileStatus status, int most) {
        if (!status.isRegular()) {
            throw new Failure.Broken(
                    "reading " + path + " below " + root + ": it is a " + status.kind() + " and no regular file");
        }
        requireFit(path, status.bytes(), most);
    }

    private void requireFit(String path, long bytes, int most) {
        if (bytes > most) {
            throw new Failure.Broken("reading " + path + " below " + root + ": it has " + bytes
                    + " bytes or more, and at most " + most + " are read");
        }
    }

    private byte[] content(String path, int handle, int most) {
        int file = calls.kernel().open(Path.of("/proc/self/fd/" + handle));
        try {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            byte[] chunk = new byte[Math.min(CHUNK, most + 1)];
            for (int count = calls.kernel().read(file, chunk);
                    count > 0;
                    count = calls.kernel().read(file, chunk)) {
                content.write(chunk, 0, count);
                requireFit(path, content.size(), most);
            }
            return content.toByteArray();
        } finally {
            calls.kernel().close(file);
        }
    }
}
