package io.holdfast.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statx(2) says of a file, its mode with the type bits.
 *
 * @param mounted whether something is mounted here, and this is its root
 * @param bytes the length of its content
 * @param blocks how many blocks of 512 bytes it takes
 * @param device of a device node: which, by number
 */
public record FileStatus(
        boolean mounted,
        int mode,
        int uid,
        int gid,
        long links,
        long inode,
        long bytes,
        long blocks,
        long mtime,
        Device device) {
    static final int STRUCT_BYTES = 256;

    private static final int MOUNT_ROOT = 0x2000;
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFBLK = 0060000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFIFO = 0010000;
    private static final int PERMISSIONS = 07777;

    /** What kind of file it is. */
    public enum Kind {
        REGULAR,
        DIRECTORY,
        SYMLINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        FIFO,
        SOCKET
    }

    /** A device's number. */
    public record Device(int major, int minor) {
        /** As the C library's makedev(3) joins them. */
        long number() {
            long high = (major & 0xfffff000L) << 32 | (minor & 0xffffff00L) << 12;
            return high | (major & 0xfffL) << 8 | minor & 0xffL;
        }
    }

    public Kind kind() {
        return switch (mode & S_IFMT) {
            case S_IFREG -> Kind.REGULAR;
            case S_IFDIR -> Kind.DIRECTORY;
            case S_IFLNK -> Kind.SYMLINK;
            case S_IFCHR -> Kind.CHARACTER_DEVICE;
            case S_IFBLK -> Kind.BLOCK_DEVICE;
            case S_IFIFO -> Kind.FIFO;
            case S_IFSOCK -> Kind.SOCKET;
            default -> throw new IllegalStateException("no kind of file has mode " + Integer.toOctalString(mode));
        };
    }

    public boolean isDirectory() {
        return kind() == Kind.DIRECTORY;
    }

    public boolean isRegular() {
        return kind() == Kind.REGULAR;
    }

    /** The permission bits with setuid, setgid and sticky. */
    public int permissions() {
        return mode & PERMISSIONS;
    }

    /** Reads the kernel's {@code struct statx}, which is the same on every architecture. */
    static FileStatus parse(byte[] statx) {
        ByteBuffer in = ByteBuffer.wrap(statx).order(ByteOrder.nativeOrder());
        return new FileStatus(
                (in.getLong(8) & MOUNT_ROOT) != 0,
                Short.toUnsignedInt(in.getShort(28)),
                in.getInt(20),
                in.getInt(24),
                Integer.toUnsignedLong(in.getInt(16)),
                in.getLong(32),
                in.getLong(40),
                in.getLong(48),
                in.getLong(112),
                new Device(in.getInt(128), in.getInt(132)));
    }
}
