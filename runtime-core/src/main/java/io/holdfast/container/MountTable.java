package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The mounts of the host as proc(5)'s mountinfo lists them: where each is, and whether mounts travel through it. */
record MountTable(List<Entry> entries) {
    private static final Path SELF = Path.of("/proc/self/mountinfo");
    private static final int POINT = 4;
    private static final int FIRST_TAG = 6;
    private static final int OCTAL = 8;

    /** A mount; {@code tags} are such as {@code shared:7} and {@code master:3}. */
    record Entry(String point, List<String> tags) {
        boolean holds(String path) {
            return point.equals("/") || path.equals(point) || path.startsWith(point + "/");
        }

        boolean isTagged(String kind) {
            return tags.stream().anyMatch(tag -> tag.startsWith(kind + ":"));
        }
    }

    static MountTable read() {
        try {
            return parse(new String(Files.readAllBytes(SELF), StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("reading " + SELF, failed);
        }
    }

    static MountTable parse(String text) {
        return new MountTable(text.lines().map(MountTable::entry).toList());
    }

    /** Fails where mounts made on the host under this path would not get into the container, or not out of it. */
    void requirePropagation(Path path, Propagation asked) {
        Entry mount = of(path);
        boolean travels = switch (asked) {
            case PRIVATE -> true;
            case HOST_TO_CONTAINER -> mount.isTagged("shared") || mount.isTagged("master");
            case BIDIRECTIONAL -> mount.isTagged("shared");
        };
        if (!travels) {
            throw new Failure.WrongState("mounts.propagation: " + path + " is on " + mount.point()
                    + ", which is not mounted shared, so that it cannot be " + asked + "; run mount --make-rshared "
                    + mount.point());
        }
    }

    /** The mount that this path is on: of those with the longest point the one mounted last. */
    private Entry of(Path path) {
        return entries.stream()
                .filter(entry -> entry.holds(path.toString()))
                .reduce((before, next) ->
                        next.point().length() >= before.point().length() ? next : before)
                .orElseThrow(() -> new Failure.Broken("mounts: " + path + " is on no mount of " + SELF));
    }

    private static Entry entry(String line) {
        String[] fields = line.split(" ");
        List<String> tags = Arrays.stream(fields)
                .skip(FIRST_TAG)
                .takeWhile(field -> !field.equals("-"))
                .toList();
        return new Entry(unescaped(fields[POINT]), tags);
    }

    /** Spaces, tabs, line ends and backslashes stand as three octal digits. */
    private static String unescaped(String field) {
        StringBuilder plain = new StringBuilder();
        for (int at = 0; at < field.length(); at++) {
            if (field.charAt(at) == '\\') {
                plain.append((char) Integer.parseInt(field.substring(at + 1, at + 4), OCTAL));
                at += 3;
            } else {
                plain.append(field.charAt(at));
            }
        }
        return plain.toString();
    }
}
