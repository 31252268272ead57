package io.holdfast.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a process stands among the others, from proc(5)'s stat. Pids are those of our own PID namespace.
 *
 * @param parent the parent's pid; 0 where it is outside our PID namespace
 * @param group the pid of its process group's leader, who may have ended long ago
 * @param session the pid of the session's leader, who may have ended long ago
 * @param ended whether it is a zombie. A process whose first thread has ended looks like one while others run on, and has
 *     not ended
 */
public record ProcessStat(ProcessIdentity identity, long parent, long group, long session, boolean ended) {
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int GROUP = 2;
    private static final int SESSION = 3;
    private static final int THREADS = 17;
    private static final int START_TICKS = 19;

    /** The process that has this pid now; empty where there is none. */
    public static Optional<ProcessStat> of(long pid) {
        try {
            return Optional.of(parse(
                    pid,
                    new String(Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException failed) {
            if (String.valueOf(failed.getMessage()).contains("No such process")) {
                return Optional.empty();
            }
            throw new UncheckedIOException(failed);
        }
    }

    /** All that have not ended, as far as they are there at one moment. */
    public static List<ProcessStat> living() {
        List<ProcessStat> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : all) {
                of(Long.parseLong(entry.getFileName().toString()))
                        .filter(process -> !process.ended())
                        .ifPresent(found::add);
            }
            return found;
        } catch (IOException failed) {
            throw new UncheckedIOException("reading /proc", failed);
        }
    }

    /** The command's name, the second field, may itself hold spaces and parentheses. */
    static ProcessStat parse(long pid, String line) {
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
        return new ProcessStat(
                new ProcessIdentity(pid, Long.parseLong(fields[START_TICKS])),
                Long.parseLong(fields[PARENT]),
                Long.parseLong(fields[GROUP]),
                Long.parseLong(fields[SESSION]),
                fields[STATE].equals("X") || fields[STATE].equals("Z") && Long.parseLong(fields[THREADS]) <= 1);
    }
}
