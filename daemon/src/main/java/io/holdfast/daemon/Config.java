package io.holdfast.daemon;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The configuration file's content. Every key, its meaning and its default stand in the resource {@code default.toml},
 * which {@link ConfigFile} reads below a user's file.
 *
 * @param defaultRuntime a handler's name; empty for the preferred one of those there are
 * @param drain how long calls may go on after SIGTERM
 * @param runtimes by handler name; empty for those found on the PATH
 */
public record Config(
        Path root,
        Path state,
        Path socket,
        String defaultRuntime,
        CgroupDriver cgroupDriver,
        Path conmon,
        Duration drain,
        Map<String, Handler> runtimes,
        Log log,
        Cni cni,
        Pause sandbox,
        Registry registry,
        Images images) {
    public Config {
        runtimes = Map.copyOf(runtimes);
    }

    /** Who makes cgroups. */
    public enum CgroupDriver {
        AUTO,
        CGROUPFS,
        SYSTEMD
    }

    /** An OCI runtime; an empty root is a directory of Holdfast's own. */
    public record Handler(Path path, String root) {}

    public record Log(Level level) {}

    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** Where networks are configured and their plugins are; the grace is that of a network that stops answering. */
    public record Cni(Path confDir, List<Path> binDirs, Duration pluginTimeout, Duration grace) {
        public Cni {
            binDirs = List.copyOf(binDirs);
        }
    }

    /** What holds a pod's namespaces: an image, or where that is empty the program. */
    public record Pause(String image, Path pauseBinary) {}

    /** How registries are reached, and how long one may stand still. */
    public record Registry(Path configPath, Duration progressTimeout) {}

    public record Images(int layersAtOnce, Duration pullTimeout) {
        public Images {
            if (layersAtOnce < 1) {
                throw new IllegalArgumentException("layers_at_once must be 1 or more");
            }
        }
    }

    /** What parses and still cannot work, each by the name of its key. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        runtimes.forEach((name, handler) -> {
            if (!name.matches("[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")) {
                problems.add("runtimes." + name + ": a handler's name is letters, digits, \"-\", \"_\" and \".\"");
            }
            requireExecutable(problems, "runtimes." + name + ".path", handler.path());
            if (!handler.root().isEmpty() && !handler.root().startsWith("/")) {
                problems.add("runtimes." + name + ".root: must be an absolute path");
            }
        });
        if (!defaultRuntime.isEmpty() && !runtimes.isEmpty() && !runtimes.containsKey(defaultRuntime)) {
            problems.add("default_runtime: there is no [runtimes." + defaultRuntime + "]");
        }
        requireExecutable(problems, "conmon", conmon);
        if (sandbox.image().isEmpty()) {
            requireExecutable(problems, "sandbox.pause_binary", sandbox.pauseBinary());
        }
        return problems;
    }

    private static void requireExecutable(List<String> problems, String key, Path program) {
        if (!Files.isExecutable(program)) {
            problems.add(key + ": " + program + " is no program that can be run; is it installed?");
        }
    }
}
