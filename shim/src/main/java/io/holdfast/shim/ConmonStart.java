package io.holdfast.shim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.linux.FreshThread;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.KernelError;
import io.holdfast.linux.Poll;
import io.holdfast.linux.Spawn;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The first words with a new conmon. It is told by environment variables where its two pipes are; it waits for a byte
 * on the start pipe before it forks, so that it can be moved into its cgroup with all that it will start; when the
 * runtime has ended it writes one JSON line to the sync pipe. What was spawned ends soon: it leaves the monitor behind
 * as a process of its own. All of it is done on a platform thread, since it blocks.
 */
final class ConmonStart implements AutoCloseable {
    /**
     * What conmon said of the runtime's create.
     *
     * @param pid of the container's first process; negative where it failed
     * @param message what the runtime wrote to stderr then
     */
    record Answer(long pid, String message) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    /** The child's descriptors behind stdin, stdout and stderr. */
    private static final int SYNC = 3;

    private static final int START = 4;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int FAILED = -1;
    private static final int LONGEST_LINE = 1 << 20;
    private static final int CHUNK = 4096;

    private static final Answer GIVEN_UP = new Answer(FAILED, "given up");

    private final Machine machine;
    private final String cgroup;
    /** Until when it may create the container; empty: it must not. */
    private final CompletableFuture<Optional<Deadline>> go = new CompletableFuture<>();

    private final Supplier<Answer> answer;

    /** Spawns conmon, which waits to be told to go on; whatever goes wrong here, {@link #answer} throws. */
    ConmonStart(Machine machine, String cgroup, ContainerFiles files, List<String> argv) {
        this.machine = machine;
        this.cgroup = cgroup;
        this.answer = FreshThread.begin("create-" + files.id(), () -> run(argv, files.directory()));
    }

    /**
     * Lets conmon go on and waits for its answer.
     *
     * @throws Failure.TimedOut when the answer does not come in time; the monitor may be alive then
     * @throws Failure.Broken when it ends without an answer
     */
    Answer answer(Deadline deadline) {
        go.complete(Optional.of(deadline));
        return answer.get();
    }

    /** Ends a conmon that was not told to go on. */
    @Override
    public void close() {
        if (go.complete(Optional.empty())) {
            answer.get();
        }
    }

    private Answer run(List<String> argv, Path directory) {
        Kernel kernel = machine.kernel();
        try (Descriptors descriptors = new Descriptors(kernel)) {
            int complaints = descriptors.memoryFile("stderr", new byte[0]);
            Descriptors.Pipe sync = descriptors.pipe();
            Descriptors.Pipe start = descriptors.pipe();
            int pid = spawn(argv, directory, List.of(complaints, sync.writeEnd(), start.readEnd()));
            descriptors.close(sync.writeEnd());
            descriptors.close(start.readEnd());
            try {
                place(pid);
                Optional<Deadline> until = go.join();
                if (until.isEmpty()) {
                    kernel.killGroup(pid);
                    return GIVEN_UP;
                }
                letGo(start.writeEnd());
                byte[] line = Deadline.bound(until.get(), () -> line(sync.readEnd()));
                return line.length == 0 ? new Answer(FAILED, complaint(complaints)) : answer(line);
            } catch (RuntimeException failed) {
                kernel.killGroup(pid);
                throw failed;
            } finally {
                machine.subprocess().awaitExit(pid);
            }
        }
    }

    private int spawn(List<String> argv, Path directory, List<Integer> fromStderr) {
        Map<String, String> environment = Map.of(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL",
                "C",
                "_OCI_SYNCPIPE",
                Integer.toString(SYNC),
                "_OCI_STARTPIPE",
                Integer.toString(START));
        List<OptionalInt> descriptors = new ArrayList<>(List.of(OptionalInt.empty(), OptionalInt.empty()));
        fromStderr.forEach(descriptor -> descriptors.add(OptionalInt.of(descriptor)));
        try {
            return new Spawn(argv, environment, descriptors, directory).start(machine.kernel());
        } catch (KernelError refused) {
            throw new Failure.Unavailable(
                    "starting the monitor: " + refused.getMessage() + "; is conmon installed?", refused);
        }
    }

    /** The group stays, and is made anew only where somebody has removed it. */
    private void place(int pid) {
        try {
            machine.cgroup().place(cgroup, pid);
        } catch (UncheckedIOException absent) {
            machine.cgroup().create(cgroup);
            machine.cgroup().place(cgroup, pid);
        }
    }

    /** If it has ended already, its answer is the end of the sync pipe. */
    private void letGo(int start) {
        try {
            machine.kernel().writeAll(start, new byte[1]);
        } catch (KernelError ended) {
            if (!ended.isBrokenPipe()) {
                throw ended;
            }
        }
    }

    /** What it wrote to stderr before it gave that up. */
    private String complaint(int descriptor) {
        String text = new String(machine.kernel().contentOf(descriptor, CHUNK), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "conmon ended without an answer" : text;
    }

    private byte[] line(int descriptor) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK];
        while (line.size() < LONGEST_LINE) {
            Duration left = Deadline.remaining(LIMIT);
            if (left.isZero()) {
                throw new Failure.TimedOut("the runtime had not made the container when the time for it was over");
            }
            if (Poll.readable(machine.kernel(), List.of(descriptor), left).isEmpty()) {
                continue;
            }
            int count = machine.kernel().read(descriptor, chunk);
            line.write(chunk, 0, count);
            if (count == 0 || chunk[count - 1] == '\n') {
                return line.toByteArray();
            }
        }
        return line.toByteArray();
    }

    /** The pid was called {@code pid} before conmon's API had versions. */
    private static Answer answer(byte[] line) {
        try {
            JsonNode tree = JSON.readTree(line);
            JsonNode pid = tree.has("data") ? tree.get("data") : tree.path("pid");
            if (pid.canConvertToLong()) {
                return new Answer(pid.longValue(), tree.path("message").asText(""));
            }
        } catch (IOException garbage) {
            throw new Failure.Broken("conmon's answer is not JSON: " + shown(line), garbage);
        }
        throw new Failure.Broken("conmon's answer has no pid: " + shown(line));
    }

    private static String shown(byte[] line) {
        return new String(line, 0, Math.min(line.length, 200), StandardCharsets.UTF_8).strip();
    }
}
