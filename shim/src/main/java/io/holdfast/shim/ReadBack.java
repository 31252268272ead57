package io.holdfast.shim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.container.OciRuntime.Request;
import io.holdfast.linux.Cgroup;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.oci.Capability;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a runtime has made of config.json, as the kernel shows it while the container's first process still waits for its
 * start. Looks at what is settled by then: the control group, the namespaces, the most capabilities that the program can
 * ever have, no_new_privs, and the filter of system calls where it cannot be set later. For runtimes whose first process
 * is the container's own, and not that of a virtual machine.
 */
final class ReadBack {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FILTERED = "2";
    /** Namespaces whose files in /proc are not named as config.json names them. */
    private static final Map<String, String> FILES = Map.of("network", "net", "mount", "mnt");

    private final Cgroup cgroup;

    ReadBack(Cgroup cgroup) {
        this.cgroup = cgroup;
    }

    /** What is not as it was asked for; nothing too where the process has ended meanwhile. */
    List<String> missing(Request request, ProcessIdentity init) {
        try {
            JsonNode spec =
                    JSON.readTree(request.bundle().resolve("config.json").toFile());
            Path process = Path.of("/proc", Long.toString(init.pid()));
            List<String> missing = new ArrayList<>();
            if (!cgroup.holds(request.cgroup(), init.pid())) {
                missing.add("it is not in cgroup " + request.cgroup());
            }
            addNamespaces(spec.path("linux").path("namespaces"), process, missing);
            addStatus(spec, status(process), missing);
            return init.isAlive() ? missing : List.of();
        } catch (IOException failed) {
            if (!init.isAlive()) {
                return List.of();
            }
            throw new Failure.Broken("looking at process " + init.pid() + ": " + failed.getMessage(), failed);
        }
    }

    private static void addNamespaces(JsonNode namespaces, Path process, List<String> missing) throws IOException {
        for (JsonNode namespace : namespaces) {
            String type = namespace.path("type").asText();
            String file = "ns/" + FILES.getOrDefault(type, type);
            Object own = number(process.resolve(file));
            String joined = namespace.path("path").asText();
            if (joined.isEmpty() && own.equals(number(Path.of("/proc/self", file)))) {
                missing.add("it has no " + type + " namespace of its own");
            } else if (!joined.isEmpty() && !own.equals(number(Path.of(joined)))) {
                missing.add("it is not in the " + type + " namespace " + joined);
            }
        }
    }

    private static void addStatus(JsonNode spec, Map<String, String> status, List<String> missing) {
        boolean noNewPrivileges = spec.at("/process/noNewPrivileges").asBoolean();
        if (noNewPrivileges && !status.getOrDefault("NoNewPrivs", "").equals("1")) {
            missing.add("it could gain privileges (no_new_privs)");
        }
        // With no_new_privs a filter needs no privilege, and some runtimes set it as the very last.
        if (spec.at("/linux").has("seccomp")
                && !noNewPrivileges
                && !status.getOrDefault("Seccomp", "").equals(FILTERED)) {
            missing.add("its system calls are not filtered (seccomp)");
        }
        JsonNode capabilities = spec.at("/process/capabilities");
        if (capabilities.isObject()) {
            Set<String> more =
                    new TreeSet<>(Capability.ofMask(Long.parseUnsignedLong(status.getOrDefault("CapBnd", "0"), 16)));
            capabilities.path("bounding").forEach(granted -> more.remove(granted.asText()));
            more.forEach(name -> missing.add("it could have " + name));
        }
    }

    /** What tells a namespace from all others, whichever way it is named. */
    private static Object number(Path namespace) throws IOException {
        return Files.getAttribute(namespace, "unix:ino");
    }

    private static Map<String, String> status(Path process) throws IOException {
        Map<String, String> fields = new HashMap<>();
        for (String line : Files.readAllLines(process.resolve("status"))) {
            int colon = line.indexOf(':');
            fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return fields;
    }
}
