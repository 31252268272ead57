package io.holdfast.daemon;

import io.holdfast.shim.Handler;
import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The OCI runtimes of the configuration, or those that are installed where it names none.
 *
 * @param standard the handler of pods that name none
 */
record Runtimes(String standard, Map<String, Path> binaries, Map<String, Path> roots) {
    /** Crun first: it starts a container in a third of the time. */
    private static final List<String> PREFERRED = List.of("crun", "runc");

    private static final List<Path> PLACES =
            List.of(Path.of("/usr/local/bin"), Path.of("/usr/local/sbin"), Path.of("/usr/bin"), Path.of("/usr/sbin"));

    static Runtimes of(Config config) {
        Map<String, Path> binaries = new LinkedHashMap<>();
        config.runtimes().forEach((name, handler) -> binaries.put(name, handler.path()));
        if (binaries.isEmpty()) {
            PREFERRED.forEach(name -> installed(name).ifPresent(binary -> binaries.put(name, binary)));
        }
        Map<String, Path> roots = new LinkedHashMap<>();
        binaries.keySet().forEach(name -> roots.put(name, root(config, name)));
        return new Runtimes(standard(config.defaultRuntime(), binaries), binaries, roots);
    }

    Handler handler(String name, Config config, boolean systemdCgroups) {
        return new Handler(name, binaries.get(name), roots.get(name), config.conmon(), Wiring.MONITORS, systemdCgroups);
    }

    /** Empty where what every container takes is there: the standard runtime, and the monitor. */
    Optional<String> whyNotReady(Path monitor) {
        return Stream.of(binaries.get(standard), monitor)
                .filter(program -> !Files.isExecutable(program))
                .map(program -> program + " is no program that can be run; is it installed?")
                .findFirst();
    }

    private static Path root(Config config, String name) {
        return Optional.ofNullable(config.runtimes().get(name))
                .map(Config.Handler::root)
                .filter(root -> !root.isEmpty())
                .map(Path::of)
                .orElseGet(() -> config.state().resolve("runtimes").resolve(name));
    }

    private static String standard(String asked, Map<String, Path> binaries) {
        if (!asked.isEmpty()) {
            return asked;
        }
        return PREFERRED.stream()
                .filter(binaries::containsKey)
                .findFirst()
                .or(() -> binaries.keySet().stream().sorted().findFirst())
                .orElseThrow(() -> new Failure.Unavailable(
                        "no OCI runtime is installed in " + PLACES + "; install crun, or name one under [runtimes]"));
    }

    private static Optional<Path> installed(String name) {
        return PLACES.stream()
                .map(place -> place.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
