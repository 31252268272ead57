package io.holdfast.container;

import io.holdfast.image.ImageConfig;
import io.holdfast.linux.FileTree;
import io.holdfast.work.Failure;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds out whom a container runs as. Numbers are numbers: one that is out of range fails and is never looked for among
 * the names of the image's user database, which the image's author can fill at will (CVE-2024-40635, CVE-2026-46680).
 */
public final class Users {
    /** The highest id that Kubernetes and the OCI runtimes take; above it they wrap to negative numbers, or to 0. */
    static final long MOST = Integer.MAX_VALUE;

    private static final String ROOT = "root";
    private static final String NUMERIC = "[+-]?[0-9]+";

    private final UserDatabase database;

    private Users(UserDatabase database) {
        this.database = database;
    }

    /**
     * The request's user, or else the image's, in the container's root file system.
     *
     * @throws Failure.Invalid where the user or group is not there or is out of range; the message names the field
     */
    public static LinuxUser resolve(FileTree rootfs, ContainerConfig config, ImageConfig image) {
        return new Users(UserDatabase.in(rootfs)).resolve(config.security(), image.user());
    }

    private LinuxUser resolve(Security security, String imageUser) {
        return switch (security.runAs()) {
            case Security.RunAs.ImageDefault _ -> {
                if (security.group().isPresent()) {
                    throw new Failure.Invalid("run_as_group: it needs run_as_user or run_as_username beside it");
                }
                yield named("the image's USER", imageUser, security);
            }
            case Security.RunAs.Uid(long uid) ->
                user(numbered(inRange("run_as_user", uid)), OptionalLong.empty(), security);
            case Security.RunAs.Name(String name) -> named("run_as_username", name, security);
        };
    }

    /** From {@code user[:group]}, each a name or a number; empty is root. */
    private LinuxUser named(String field, String text, Security security) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        OptionalLong group =
                colon < 0 ? OptionalLong.empty() : OptionalLong.of(group(field, text.substring(colon + 1)));
        return user(name.isEmpty() ? numbered(0) : identity(field, name), group, security);
    }

    private UserDatabase.User identity(String field, String name) {
        if (name.matches(NUMERIC)) {
            return numbered(number(field, name));
        }
        Optional<UserDatabase.User> found = database.user(name);
        if (found.isEmpty() && name.equals(ROOT)) {
            return numbered(0);
        }
        UserDatabase.User user = found.orElseThrow(() -> unknown(field, "user", name));
        inRange(field, user.uid());
        return user;
    }

    private long group(String field, String name) {
        if (name.matches(NUMERIC)) {
            return number(field, name);
        }
        OptionalLong found = database.group(name);
        if (found.isEmpty() && name.equals(ROOT)) {
            return 0;
        }
        return inRange(field, found.orElseThrow(() -> unknown(field, "group", name)));
    }

    /** What the database knows of a uid; without an entry its group is 0, as with every runtime. */
    private UserDatabase.User numbered(long uid) {
        return database.user(uid).orElse(new UserDatabase.User("", uid, 0, "/"));
    }

    private LinuxUser user(UserDatabase.User user, OptionalLong group, Security security) {
        long gid = inRange("the user's group", security.group().orElse(group.orElse(user.gid())));
        Set<Long> groups = new LinkedHashSet<>();
        groups.add(gid);
        security.supplementalGroups().forEach(one -> groups.add(inRange("supplemental_groups", one)));
        if (security.groupsPolicy() == Security.GroupsPolicy.MERGE
                && !user.name().isEmpty()) {
            database.groupsOf(user.name()).forEach(one -> groups.add(inRange("the image's /etc/group", one)));
        }
        return new LinuxUser(user.uid(), gid, groups.stream().toList(), home(user));
    }

    /** Becomes a variable that shells and scripts copy into files line by line (CVE-2022-4318). */
    private static String home(UserDatabase.User user) {
        if (user.home().chars().anyMatch(Character::isISOControl)) {
            throw new Failure.Invalid(
                    "the image's /etc/passwd: the home directory of uid " + user.uid() + " has control characters");
        }
        return user.home().isEmpty() ? "/" : user.home();
    }

    private static long number(String field, String text) {
        try {
            return inRange(field, Long.parseLong(text));
        } catch (NumberFormatException beyond) {
            throw outOfRange(field, text);
        }
    }

    private static long inRange(String field, long id) {
        if (id < 0 || id > MOST) {
            throw outOfRange(field, Long.toString(id));
        }
        return id;
    }

    private static Failure outOfRange(String field, String id) {
        return new Failure.Invalid(field + ": the id " + id + " is not between 0 and " + MOST);
    }

    private static Failure unknown(String field, String kind, String name) {
        return new Failure.Invalid(field + ": there is no " + kind + " \"" + HostPath.printable(name)
                + "\" in the image's user database; use a number or add it to the image");
    }
}
