package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.linux.Command;
import io.holdfast.linux.Subprocess;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The plugin binaries of this node, and the one place where one is executed: with a clean environment, its stdout
 * capped, and its whole process group killed when its time is over.
 */
final class Plugins {
    /** Where plugins find the programs that they run. */
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final int OUTPUT_CAP = 1 << 20;

    /**
     * One execution.
     *
     * @param about what it is for, as errors name it
     * @param variables the CNI_ variables but CNI_COMMAND and CNI_PATH
     */
    record Call(String command, String type, String about, Map<String, String> variables, ObjectNode stdin) {
        String doing() {
            return "CNI " + command + " of " + about + " by plugin " + type;
        }
    }

    private final Subprocess subprocess;
    private final List<Path> directories;
    private final Duration limit;
    private final Consumer<PluginRun> observer;

    Plugins(Subprocess subprocess, List<Path> directories, Duration limit, Consumer<PluginRun> observer) {
        this.subprocess = subprocess;
        this.directories = List.copyOf(directories);
        this.limit = limit;
        this.observer = observer;
    }

    /** The binary of this type, from the first directory that has it. */
    Optional<Path> find(String type) {
        return directories.stream()
                .map(directory -> directory.resolve(type))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** The most time that one execution has. */
    Duration limit() {
        return limit;
    }

    String directoriesText() {
        return directories.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    /** What the plugin printed. Whatever it did wrong is a {@link Failure} that names it. */
    String run(Call call) {
        Path binary = find(call.type())
                .orElseThrow(() -> new Failure.Unavailable(call.doing() + ": there is no such plugin in "
                        + directoriesText() + "; install it, or set cni.bin_dirs"));
        Deadline.check(call.doing());
        long start = System.nanoTime();
        boolean succeeded = false;
        try {
            Subprocess.Output output = execute(call, binary);
            succeeded = output.ok();
            return checked(call, output);
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            observer.accept(new PluginRun(call.type(), call.command(), call.about(), took, succeeded));
        }
    }

    private Subprocess.Output execute(Call call, Path binary) {
        Map<String, String> environment = new HashMap<>(call.variables());
        environment.put("PATH", PATH);
        environment.put("CNI_COMMAND", call.command());
        environment.put("CNI_PATH", directories.stream().map(Path::toString).collect(Collectors.joining(":")));
        byte[] stdin = CniJson.render(call.stdin()).getBytes(StandardCharsets.UTF_8);
        List<String> argv = List.of(binary.toString());
        try {
            return subprocess.run(new Command(argv, environment, stdin, Path.of("/"), limit, OUTPUT_CAP));
        } catch (Failure.TimedOut late) {
            throw new Failure.TimedOut(
                    call.doing() + ": " + late.getMessage() + "; look at what the plugin waits for", late);
        }
    }

    private static String checked(Call call, Subprocess.Output output) {
        if (output.truncated()) {
            throw new Failure.Broken(
                    call.doing() + ": it printed more than " + OUTPUT_CAP + " bytes; the plugin is broken");
        }
        if (!output.ok()) {
            throw PluginError.of(output).failure(call.doing());
        }
        return output.out();
    }
}
