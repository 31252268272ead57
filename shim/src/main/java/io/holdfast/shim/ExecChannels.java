package io.holdfast.shim;

import io.holdfast.container.OciRuntime.Exec;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.KernelError;
import io.holdfast.linux.Spawn;
import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What lies between us and the runtime during an exec: pipes for both outputs, and files in memory for the process
 * object that it reads and the log that it writes, so that nothing is on disk and nothing stays.
 */
final class ExecChannels {
    /** How the runtime finds the two files: by the descriptors that it inherits. */
    static final String PROCESS_OBJECT = "/proc/self/fd/3";

    static final String LOG = "/proc/self/fd/4";

    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");
    private static final int MOST_LOG = 1 << 16;

    private final Kernel kernel;
    private final Descriptors descriptors;
    private final int processObject;
    private final int log;
    private final Descriptors.Pipe out;
    private final Descriptors.Pipe err;
    private final Capture stdout;
    private final Capture stderr;
    private final int cap;
    private final LargeOutputs.Claim claim;

    /** All that it opens belongs to {@code descriptors}. */
    ExecChannels(Kernel kernel, Descriptors descriptors, Exec exec, LargeOutputs.Claim claim) {
        this.kernel = kernel;
        this.descriptors = descriptors;
        this.processObject =
                descriptors.memoryFile("process.json", exec.processJson().getBytes(StandardCharsets.UTF_8));
        this.log = descriptors.memoryFile("log", new byte[0]);
        this.out = descriptors.pipe();
        this.err = descriptors.pipe();
        this.cap = exec.outputCap();
        this.claim = claim;
        this.stdout = new Capture(kernel, out.readEnd(), cap, claim);
        this.stderr = new Capture(kernel, err.readEnd(), cap, claim);
    }

    /** Starts the runtime at the other end; a child of ours. */
    int spawn(List<String> argv) {
        List<OptionalInt> inherited = List.of(
                OptionalInt.empty(),
                OptionalInt.of(out.writeEnd()),
                OptionalInt.of(err.writeEnd()),
                OptionalInt.of(processObject),
                OptionalInt.of(log));
        try {
            return new Spawn(argv, ENVIRONMENT, inherited, Path.of("/")).start(kernel);
        } catch (KernelError refused) {
            throw new Failure.Unavailable(
                    "starting the runtime: " + refused.getMessage() + "; is it installed?", refused);
        } finally {
            descriptors.close(out.writeEnd());
            descriptors.close(err.writeEnd());
        }
    }

    /** The outputs that have not come to their end. */
    Stream<Integer> open() {
        return Stream.of(stdout, stderr).filter(output -> !output.ended()).map(Capture::readEnd);
    }

    boolean ended() {
        return stdout.ended() && stderr.ended();
    }

    void read(Set<Integer> readable) {
        Stream.of(stdout, stderr)
                .filter(output -> readable.contains(output.readEnd()))
                .forEach(Capture::read);
    }

    /** Both together are within the cap: each has half of it, and what the other leaves. */
    byte[] stdout() {
        return stdout.kept(Math.max(cap / 2, cap - stderr.length()));
    }

    byte[] stderr() {
        return stderr.kept(Math.max(cap / 2, cap - stdout.length()));
    }

    /** Whether output within the cap was dropped, since the memory for it did not come free in time. */
    boolean cut() {
        return claim.refused();
    }

    /** What the runtime itself had to say. */
    String log() {
        return new String(kernel.contentOf(log, MOST_LOG), StandardCharsets.UTF_8);
    }
}
