package io.holdfast.cni;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessStat;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plugins that a killed daemon left running, known by the environment that they were started with. They are let end by
 * themselves before a DEL: beside one, an ADD leaks whatever it takes last, and a DEL that is killed half-way has removed
 * the interface by which the next one would know what else to undo.
 */
final class Stragglers {
    private static final Logger LOG = LoggerFactory.getLogger(Stragglers.class);
    private static final Duration KILLED = Duration.ofSeconds(10);
    private static final String CONTAINER = "CNI_CONTAINERID=";
    private static final Set<String> CHANGES = Set.of("CNI_COMMAND=ADD", "CNI_COMMAND=DEL");

    private final Kernel kernel;
    private final ProcessWatch watch;
    private final Deadline patience;
    private final Map<String, List<ProcessIdentity>> left = new HashMap<>();
    private boolean looked;

    Stragglers(Kernel kernel, ProcessWatch watch, Duration limit) {
        this.kernel = kernel;
        this.watch = watch;
        this.patience = Deadline.in(limit);
    }

    /** Waits until every ADD and DEL for this container has ended; kills one that has had its limit since our start. */
    void settle(String containerId) {
        for (ProcessIdentity process : leftFor(containerId)) {
            String doing = "waiting for a CNI plugin of " + containerId
                    + " that an earlier daemon left running, process " + process.pid();
            LOG.info(doing);
            if (!watch.awaitExit(process, Deadline.remaining(patience.left()))) {
                Deadline.check(doing);
                killAll(containerId);
            }
        }
    }

    /** Looks round at the first question alone: what is started later is waited for by who started it. */
    private synchronized List<ProcessIdentity> leftFor(String containerId) {
        if (!looked) {
            left.putAll(running());
            looked = true;
        }
        return left.getOrDefault(containerId, List.of());
    }

    /** Until a look round finds none: one that is being killed may have started another. */
    private void killAll(String containerId) {
        long end = System.nanoTime() + KILLED.toNanos();
        List<ProcessIdentity> alive = running().getOrDefault(containerId, List.of());
        while (!alive.isEmpty()) {
            alive.forEach(process -> process.signal(kernel, Kernel.SIGKILL));
            if (!watch.awaitExit(alive.getFirst(), Duration.ofNanos(end - System.nanoTime()))) {
                throw new Failure.TimedOut("a CNI plugin of " + containerId + " that an earlier daemon left running,"
                        + " process " + alive.getFirst().pid() + ", does not end; it may hang in the kernel");
            }
            alive = running().getOrDefault(containerId, List.of());
        }
    }

    /** Not those of pods, whose processes may have any environment. */
    private static Map<String, List<ProcessIdentity>> running() {
        Map<String, List<ProcessIdentity>> found = new HashMap<>();
        ProcessStat.living().stream()
                .map(ProcessStat::identity)
                .filter(ProcessIdentity::sharesMounts)
                .forEach(process -> changing(Path.of("/proc", Long.toString(process.pid())))
                        .forEach(id -> found.computeIfAbsent(id, _ -> new ArrayList<>())
                                .add(process)));
        return found;
    }

    /** The container that the process is an ADD or a DEL for; none for any other process. */
    private static Stream<String> changing(Path process) {
        Set<String> environment = environment(process);
        return environment.stream()
                .filter(variable -> variable.startsWith(CONTAINER))
                .filter(_ -> CHANGES.stream().anyMatch(environment::contains))
                .map(variable -> variable.substring(CONTAINER.length()));
    }

    /** Empty for a process that has just ended, whose file can no longer be read. */
    private static Set<String> environment(Path process) {
        try {
            String text = Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
            return new HashSet<>(Arrays.asList(text.split("\0", -1)));
        } catch (IOException ended) {
            return Set.of();
        }
    }
}
