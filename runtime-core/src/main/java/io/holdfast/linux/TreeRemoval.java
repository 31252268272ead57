package io.holdfast.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import jnr.constants.platform.Errno;

/**
 * Removes a tree, following no link. However deep the tree is, only few directories are open at once, and the stack stays
 * short: what lies deeper is first moved up, to beside the tree itself, and its turn comes after what is above it.
 */
final class TreeRemoval {
    private static final int AT_REMOVEDIR = 0x200;
    private static final int DEEPEST = 64;

    private final FileCalls calls;
    private final Directory above;
    private final Deque<byte[]> raised = new ArrayDeque<>();

    TreeRemoval(FileCalls calls, Directory above) {
        this.calls = calls;
        this.above = above;
    }

    void remove(byte[] name) {
        remove(above, name, 0);
        while (!raised.isEmpty()) {
            remove(above, raised.removeFirst(), 0);
        }
    }

    private void remove(Directory in, byte[] name, int depth) {
        if (unlink(in, name, 0)) {
            return;
        }
        if (depth == DEEPEST) {
            raise(in, name);
            return;
        }
        try (Directory directory = in.child(name)) {
            for (byte[] each : directory.names()) {
                remove(directory, each, depth + 1);
            }
        } catch (KernelError refused) {
            if (!refused.isAbsent()) {
                throw refused;
            }
        }
        unlink(in, name, AT_REMOVEDIR);
    }

    private void raise(Directory in, byte[] name) {
        byte[] beside = (".removed-"
                        + Long.toHexString(ThreadLocalRandom.current().nextLong()))
                .getBytes(StandardCharsets.US_ASCII);
        int result = calls.libc()
                .renameat2(in.fd(), FileCalls.terminated(name), above.fd(), FileCalls.terminated(beside), 0);
        calls.kernel().check("renameat2", FileCalls.printable(name), result);
        raised.addLast(beside);
    }

    /** Whether nothing stands there any more; false for a directory that was to be unlinked as a file. */
    private boolean unlink(Directory in, byte[] name, int flags) {
        int result = calls.libc().unlinkat(in.fd(), FileCalls.terminated(name), flags);
        if (result < 0 && flags == 0 && calls.kernel().errno() == Errno.EISDIR.intValue()) {
            return false;
        }
        if (result < 0 && calls.kernel().errno() != Errno.ENOENT.intValue()) {
            calls.kernel().check("unlinkat", FileCalls.printable(name), result);
        }
        return true;
    }
}
