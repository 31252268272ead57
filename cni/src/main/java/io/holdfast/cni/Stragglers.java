package io.holdfast.cni;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * ADDs that a killed daemon left running. A DEL beside a running ADD leaks whatever the ADD takes last, so they end
 * first; they are known by the environment that they were started with.
 */
final class Stragglers {
    private static final Duration KILLED = Duration.ofSeconds(10);

    private final Kernel kernel;
    private final ProcessWatch watch;

    Stragglers(Kernel kernel, ProcessWatch watch) {
        this.kernel = kernel;
        this.watch = watch;
    }

    /** Kills every process of an ADD for this container and waits until it is gone. */
    void end(String containerId) {
        for (ProcessIdentity process : of(containerId)) {
            process.signal(kernel, Kernel.SIGKILL);
            if (!watch.awaitExit(process, KILLED)) {
                throw new Failure.TimedOut("a CNI plugin of " + containerId + " that an earlier daemon left running,"
                        + " process " + process.pid() + ", does not end; it may hang in the kernel");
            }
        }
    }

    private static List<ProcessIdentity> of(String containerId) {
        List<String> wanted = List.of("CNI_COMMAND=ADD", "CNI_CONTAINERID=" + containerId);
        List<ProcessIdentity> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : all) {
                Optional<ProcessIdentity> process =
                        ProcessIdentity.of(Long.parseLong(entry.getFileName().toString()));
                if (process.isPresent() && environment(entry).containsAll(wanted)) {
                    found.add(process.get());
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("looking for CNI plugins still running", failed);
        }
        return found;
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
