package io.holdfast.container;

import io.holdfast.image.ImageConfig;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a container runs, and where, as Kubernetes decides between the request and the image. */
final class CommandLine {
    /** Descriptors of the process that is becoming the container: a way out of it (CVE-2024-21626). */
    private static final Pattern DESCRIPTORS = Pattern.compile("/proc/[^/]+/(task/[^/]+/)?fd(/.*)?");

    private CommandLine() {}

    /** A command replaces both the image's entrypoint and its command; arguments alone replace its command. */
    static List<String> of(ContainerConfig config, ImageConfig image) {
        boolean own = !config.command().isEmpty();
        List<String> program = own ? config.command() : image.entrypoint();
        List<String> arguments = own || !config.args().isEmpty() ? config.args() : image.command();
        List<String> words = Stream.concat(program.stream(), arguments.stream()).toList();
        if (words.isEmpty() || words.getFirst().isEmpty()) {
            throw new Failure.Invalid("command: neither the container nor the image \""
                    + HostPath.printable(config.image().image()) + "\" says what to run; set command or args");
        }
        return requirePlain(words);
    }

    /** The words of a command, which the kernel ends at a zero byte. */
    static List<String> requirePlain(List<String> words) {
        if (words.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw new Failure.Invalid("command: a word of it has a zero byte in it");
        }
        return words;
    }

    /** The request's directory, or else the image's, or else the root. */
    static String directory(ContainerConfig config, ImageConfig image) {
        String asked = config.workingDirectory().isEmpty() ? image.workingDirectory() : config.workingDirectory();
        String absolute = asked.startsWith("/") ? asked : "/" + asked;
        Path directory = HostPath.of("working_dir", absolute);
        if (DESCRIPTORS.matcher(directory.toString()).matches()) {
            throw new Failure.Invalid("working_dir: " + directory + " is not the container's own");
        }
        return directory.toString();
    }
}
