package io.holdfast.snapshot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which directories of snapshots the mounts of this machine are made of. After the loss of the database that is all that
 * is known of the files of running containers.
 */
final class MountReferences {
    private static final String NUMBER = "([1-9][0-9]{0,17})";
    private static final Pattern LAYER =
            Pattern.compile("(?<=[=:,])(?:(/[^:,=]*)/)?" + NUMBER + "/(?:fs|work)(?=[:,]|$)");
    private static final Pattern BOUND = Pattern.compile("(/.*)/" + NUMBER + "/fs");
    private static final int BOUND_FIELD = 3;

    private MountReferences() {}

    /** The numbers of the directories below {@code root} that are mounted, or part of a mount. */
    static Set<Long> below(Path root) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)) {
            return in(lines, root.toAbsolutePath().toString());
        }
    }

    /** Reads lines as proc_pid_mountinfo(5) has them. */
    static Set<Long> in(Stream<String> lines, String root) {
        Set<Long> numbers = new HashSet<>();
        lines.map(line -> line.split(" "))
                .filter(fields -> fields.length > BOUND_FIELD)
                .forEach(fields -> {
                    Matcher bound = BOUND.matcher(fields[BOUND_FIELD]);
                    if (bound.matches() && root.endsWith(bound.group(1))) {
                        numbers.add(Long.valueOf(bound.group(2)));
                    }
                    addLayers(fields, root, numbers);
                });
        return numbers;
    }

    /** Layers are named by whole paths, or relative to a directory that is not told: then the mount has to be ours. */
    private static void addLayers(String[] fields, String root, Set<Long> numbers) {
        boolean ours = fields[fields.length - 2].equals(OverlaySnapshotter.SOURCE);
        Matcher layers = LAYER.matcher(fields[fields.length - 1]);
        while (layers.find()) {
            String above = layers.group(1);
            if (above == null ? ours : above.equals(root)) {
                numbers.add(Long.valueOf(layers.group(2)));
            }
        }
    }
}
