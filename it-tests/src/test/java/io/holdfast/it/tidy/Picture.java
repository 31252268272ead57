package io.holdfast.it.tidy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tables of {@code docs/architecture.md}: which packages there are and which others each may import, and in which
 * packages alone a library may be named.
 */
record Picture(Map<String, Set<String>> arrows, Map<String, Set<String>> libraries) {
    private static final String ROOT = "io.holdfast.";
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    static Picture read(Path document) {
        Map<String, Set<String>> arrows = new LinkedHashMap<>();
        Map<String, Set<String>> libraries = new LinkedHashMap<>();
        for (String line : Repository.text(document).orElseThrow().split("\n")) {
            List<String> cells = Stream.of(line.split("\\|")).map(String::strip).toList();
            if (cells.size() == 4 && cells.get(1).startsWith("`" + ROOT)) {
                arrows.put(quoted(cells.get(1)).iterator().next(), quoted(cells.get(3)));
            }
            if (cells.size() == 4 && cells.get(1).startsWith("library `")) {
                quoted(cells.get(1)).forEach(library -> libraries.put(library, quoted(cells.get(2))));
            }
        }
        return new Picture(arrows, libraries);
    }

    /** Whether a package may name another one of ours. */
    boolean allows(String from, String to) {
        Set<String> allowed = arrows.getOrDefault(from, Set.of());
        return from.equals(to) || allowed.contains(to.substring(ROOT.length()));
    }

    /** Whether a package may name this class of somebody else's. */
    boolean allowsLibrary(String from, String reference) {
        return libraries.entrySet().stream()
                .filter(library -> reference.startsWith(library.getKey() + "."))
                .allMatch(library -> library.getValue().contains(from.substring(ROOT.length())));
    }

    private static Set<String> quoted(String cell) {
        Set<String> names = new LinkedHashSet<>();
        Matcher matcher = QUOTED.matcher(cell);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
