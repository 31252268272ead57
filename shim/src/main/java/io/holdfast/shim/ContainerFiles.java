package io.holdfast.shim;

import io.holdfast.container.OciRuntime;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The files by which a container, its monitor and its runtime are found again. */
record ContainerFiles(String id, Path bundle, Path directory) {
    private static final String PRIVATE = "rwx------";
    /** No dash first: an id is an argument of the runtime, and a file's name. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    ContainerFiles {
        if (!ID.matcher(id).matches()) {
            throw new Failure.Invalid("container id \"" + id + "\": must match " + ID);
        }
    }

    static ContainerFiles of(OciRuntime.Request request) {
        return new ContainerFiles(request.id(), request.bundle(), request.monitorDirectory());
    }

    /** The exit code in decimal digits, written by the monitor at the container's end. */
    Path exit() {
        return directory.resolve(id);
    }

    /** The first process's pid, written by the runtime. */
    Path initPid() {
        return directory.resolve("init.pid");
    }

    Path monitorPid() {
        return directory.resolve("conmon.pid");
    }

    /** What the runtime has to say while it creates the container, one JSON object a line. */
    Path runtimeLog() {
        return directory.resolve("runtime.log");
    }

    /** The monitor's control fifo; it reads {@code kind height width} lines. */
    Path control() {
        return bundle.resolve("ctl");
    }

    /** Makes the directory, without what an earlier try may have left there. */
    void prepare() {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
            for (Path stale : List.of(runtimeLog(), initPid(), monitorPid(), exit())) {
                Files.deleteIfExists(stale);
            }
        } catch (IOException failed) {
            throw new Failure.Broken("container " + id + ": making " + directory + ": " + failed.getMessage(), failed);
        }
    }

    /** Whether a create has begun and not got to its end: the pid file is what runtimes write last. */
    boolean mayBeInTheMaking() {
        return Files.isDirectory(directory) && pid(initPid()).isEmpty();
    }

    /** The whole of a small file, whatever bytes are in it; empty where it is not there. */
    static Optional<String> text(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new Failure.Broken("reading " + file + ": " + failed.getMessage(), failed);
        }
    }

    /** The pid in a pid file; empty where the file is not there or is not finished. */
    static OptionalLong pid(Path file) {
        return text(file)
                .map(String::strip)
                .filter(digits -> digits.matches("[1-9][0-9]{0,9}"))
                .map(digits -> OptionalLong.of(Long.parseLong(digits)))
                .orElse(OptionalLong.empty());
    }
}
