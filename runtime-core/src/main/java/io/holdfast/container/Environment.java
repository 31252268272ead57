package io.holdfast.container;

import io.holdfast.container.ContainerConfig.Variable;
import io.holdfast.work.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environment of a container's processes: the image's, the pod's and the request's variables, the later winning. */
final class Environment {
    static final String TERMINAL = "TERM=xterm";

    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String HOME = "HOME";

    private Environment() {}

    static List<String> of(ContainerSpec.Inputs inputs) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("PATH", PATH);
        if (inputs.config().terminal().tty()) {
            put(all, "TERM", "xterm");
        }
        inputs.image().environment().forEach(line -> putLine(all, line));
        if (!inputs.pod().pod().hostname().isEmpty()) {
            put(all, "HOSTNAME", inputs.pod().pod().hostname());
        }
        for (Variable variable : inputs.config().environment()) {
            put(all, variable.name(), variable.value());
        }
        all.putIfAbsent(HOME, inputs.user().home());
        requirePlainHome(all.get(HOME));
        return all.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    /** The same for a program in a terminal of its own. */
    static List<String> withTerminal(List<String> environment) {
        if (environment.stream().anyMatch(line -> line.startsWith("TERM="))) {
            return environment;
        }
        List<String> all = new java.util.ArrayList<>(environment);
        all.add(TERMINAL);
        return List.copyOf(all);
    }

    /** An image's {@code NAME=value}; a name alone is an empty variable. */
    private static void putLine(Map<String, String> all, String line) {
        int equals = line.indexOf('=');
        put(all, equals < 0 ? line : line.substring(0, equals), equals < 0 ? "" : line.substring(equals + 1));
    }

    private static void put(Map<String, String> all, String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
            throw new Failure.Invalid("envs: the variable \"" + HostPath.printable(name)
                    + "\" cannot be set: a name is not empty and has no =, and neither part has a zero byte");
        }
        all.put(name, value);
    }

    /** A line end in it has made accounts, where something wrote it into a passwd file (CVE-2022-4318). */
    private static void requirePlainHome(String home) {
        if (home.chars().anyMatch(Character::isISOControl)) {
            throw new Failure.Invalid("envs: HOME has control characters");
        }
    }
}
