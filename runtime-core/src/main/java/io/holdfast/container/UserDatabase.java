package io.holdfast.container;

import io.holdfast.linux.FileTree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * passwd(5) and group(5) of an image: a stranger's files, read within limits. A line that is none is passed over, as the
 * C library does; the first that matches counts.
 */
final class UserDatabase {
    private static final int MOST_BYTES = 10 << 20;
    private static final int MOST_LINE = 64 << 10;
    private static final String DIGITS = "[0-9]{1,18}";

    /** An account; the ids are as they are written, in range or not. */
    record User(String name, long uid, long gid, String home) {}

    private final Supplier<Stream<String[]>> passwd;
    private final Supplier<Stream<String[]>> group;

    private UserDatabase(byte[] passwd, byte[] group) {
        this.passwd = () -> lines(passwd, 4).filter(line -> isNumber(line[2]) && isNumber(line[3]));
        this.group = () -> lines(group, 3).filter(line -> isNumber(line[2]));
    }

    /** A file that is missing is empty; one that is no regular file, or is too large, is a failure. */
    static UserDatabase in(FileTree rootfs) {
        return new UserDatabase(
                rootfs.readRegular("etc/passwd", MOST_BYTES).orElse(new byte[0]),
                rootfs.readRegular("etc/group", MOST_BYTES).orElse(new byte[0]));
    }

    Optional<User> user(String name) {
        return passwd.get()
                .filter(line -> line[0].equals(name))
                .map(UserDatabase::user)
                .findFirst();
    }

    Optional<User> user(long uid) {
        return passwd.get()
                .map(UserDatabase::user)
                .filter(user -> user.uid() == uid)
                .findFirst();
    }

    OptionalLong group(String name) {
        return group.get()
                .filter(line -> line[0].equals(name))
                .mapToLong(line -> Long.parseLong(line[2]))
                .findFirst();
    }

    /** The groups that list the user as a member. */
    List<Long> groupsOf(String name) {
        return group.get()
                .filter(line -> line.length > 3 && List.of(line[3].split(",")).contains(name))
                .map(line -> Long.valueOf(line[2]))
                .toList();
    }

    private static User user(String[] line) {
        return new User(line[0], Long.parseLong(line[2]), Long.parseLong(line[3]), line.length > 5 ? line[5] : "");
    }

    private static Stream<String[]> lines(byte[] file, int least) {
        return new String(file, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.length() <= MOST_LINE)
                .map(line -> line.split(":", -1))
                .filter(line -> line.length >= least && !line[0].isEmpty());
    }

    private static boolean isNumber(String text) {
        return text.matches(DIGITS);
    }
}
