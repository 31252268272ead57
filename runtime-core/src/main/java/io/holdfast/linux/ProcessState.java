package io.holdfast.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process does now, to explain why it does not end.
 *
 * @param state the letter of proc(5): {@code D} waits in the kernel and cannot even be killed
 * @param waitingIn the kernel's function that it waits in; empty where the kernel does not tell
 */
public record ProcessState(long pid, char state, Optional<String> waitingIn) {
    /** Empty where there is no such process. */
    public static Optional<ProcessState> of(long pid) {
        Path directory = Path.of("/proc/" + pid);
        return read(directory.resolve("stat"))
                .map(stat -> new ProcessState(
                        pid,
                        stat.charAt(stat.lastIndexOf(')') + 2),
                        read(directory.resolve("wchan"))
                                .filter(function -> !function.isEmpty() && !function.equals("0"))));
    }

    /** No signal reaches it before the kernel's call that it is in returns. */
    public boolean isUninterruptible() {
        return state == 'D';
    }

    @Override
    public String toString() {
        return "process " + pid + " (state " + state
                + waitingIn.map(function -> ", in " + function).orElse("") + ")";
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip());
        } catch (IOException goneOrHidden) {
            return Optional.empty();
        }
    }
}
