package io.holdfast.linux;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A helper program to be run to its end by {@link Subprocess}.
 *
 * @param argv the program and its arguments; never a shell line
 * @param environment all of it: nothing is inherited
 * @param stdin what it reads
 * @param limit after which its whole process group is killed (the caller's deadline may be sooner)
 * @param outputCap the most bytes it may write to each of stdout and stderr
 */
public record Command(
        List<String> argv,
        Map<String, String> environment,
        byte[] stdin,
        Path directory,
        Duration limit,
        int outputCap) {
    private static final int DEFAULT_CAP = 1 << 20;
    private static final Map<String, String> DEFAULT_ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");

    public Command {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        stdin = stdin.clone();
    }

    /** With nothing on stdin, in /, 1 MiB of output each, and PATH alone in its environment. */
    public static Command of(Duration limit, List<String> argv) {
        return new Command(argv, DEFAULT_ENVIRONMENT, new byte[0], Path.of("/"), limit, DEFAULT_CAP);
    }

    public Command withEnvironment(Map<String, String> variables) {
        return new Command(argv, variables, stdin, directory, limit, outputCap);
    }

    public Command withStdin(byte[] bytes) {
        return new Command(argv, environment, bytes, directory, limit, outputCap);
    }

    @Override
    public byte[] stdin() {
        return stdin.clone();
    }

    String program() {
        return Path.of(argv.getFirst()).getFileName().toString();
    }
}
