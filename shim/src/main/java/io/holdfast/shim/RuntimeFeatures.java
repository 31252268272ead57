package io.holdfast.shim;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.container.OciRuntime.Features;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** What a runtime can do, asked for once for each binary that stands under its name. */
final class RuntimeFeatures {
    private static final Set<String> PLAIN = Set.of("runc", "crun");

    private record Known(FileTime binary, Features features) {}

    private final Path binary;
    private final RuncCli cli;
    private final AtomicReference<Optional<Known>> known = new AtomicReference<>(Optional.empty());

    RuntimeFeatures(Path binary, RuncCli cli) {
        this.binary = binary;
        this.cli = cli;
    }

    Features read() {
        FileTime now = changed();
        Optional<Known> last = known.get().filter(before -> before.binary().equals(now));
        if (last.isPresent()) {
            return last.get().features();
        }
        Features features = ask();
        known.set(Optional.of(new Known(now, features)));
        return features;
    }

    /** Whether a container's first process is one of this kernel's, and not what runs a virtual machine. */
    boolean ofThisKernel() {
        return PLAIN.contains(read().version().split(" ")[0]);
    }

    private Features ask() {
        String version = cli.version();
        return cli.features()
                .map(tree -> new Features(version, mountOptions(tree), idmap(tree), annotations(tree)))
                .orElseGet(() -> new Features(version, List.of(), false, Map.of()));
    }

    private FileTime changed() {
        try {
            return (FileTime) Files.getAttribute(binary, "unix:ctime");
        } catch (IOException absent) {
            throw new Failure.Unavailable("runtime " + binary + ": it is not there; install it", absent);
        }
    }

    private static List<String> mountOptions(JsonNode tree) {
        List<String> options = new ArrayList<>();
        tree.path("mountOptions").forEach(option -> options.add(option.asText()));
        return List.copyOf(options);
    }

    private static boolean idmap(JsonNode tree) {
        return tree.at("/linux/mountExtensions/idmap/enabled").asBoolean();
    }

    private static Map<String, String> annotations(JsonNode tree) {
        Map<String, String> annotations = new HashMap<>();
        tree.path("annotations").forEachEntry((name, value) -> annotations.put(name, value.asText()));
        return Map.copyOf(annotations);
    }
}
