package io.holdfast.oci;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The sorted system calls of {@code syscalls.txt}, which explains its sections. */
record SyscallSections(Map<String, List<String>> names) {
    private static final String FILE = "syscalls.txt";
    private static final String ALWAYS = "always";
    private static final String NEVER = "never";
    private static final String ARCH = "arch ";
    private static final String CAPABILITY = "CAP_";

    static SyscallSections load() {
        try (InputStream file = SyscallSections.class.getResourceAsStream(FILE)) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException("reading our own " + FILE, failed);
        }
    }

    static SyscallSections parse(String text) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("[")) {
                current = sections.computeIfAbsent(line.substring(1, line.length() - 1), name -> new ArrayList<>());
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                current.addAll(List.of(line.split(" +")));
            }
        }
        return new SyscallSections(sections);
    }

    /** What a container with these capabilities may call, sorted. */
    Set<String> allowed(Collection<String> capabilities, String arch) {
        Set<String> allowed = new TreeSet<>(names.get(ALWAYS));
        allowed.addAll(names.getOrDefault(ARCH + arch, List.of()));
        capabilities.forEach(capability -> allowed.addAll(names.getOrDefault(capability, List.of())));
        return allowed;
    }

    /** What it may not call and is told so, sorted. */
    Set<String> refused(Set<String> allowed) {
        Set<String> refused = new TreeSet<>(names.get(NEVER));
        names.keySet().stream()
                .filter(section -> section.startsWith(CAPABILITY))
                .map(names::get)
                .forEach(refused::addAll);
        refused.removeAll(allowed);
        return refused;
    }
}
