package io.holdfast.cni;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Plugins as shell scripts that note how they are called, one line a call, and then do as they are told. */
final class ScriptPlugins {
    static final String RESULT = "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.1.0.7/24\"}]}";

    private final Path directory;

    ScriptPlugins(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /** A plugin that speaks these versions and answers every other command with the shell text. */
    ScriptPlugins with(String type, String versions, String answer) {
        String quoted = "[\"" + versions.replace(" ", "\",\"") + "\"]";
        return script(
                type,
                """
                #!/bin/sh
                in=$(cat)
                if [ "$CNI_COMMAND" = VERSION ]; then
                    echo VERSION >> DIR/versions.log
                    echo '{"cniVersion":"1.1.0","supportedVersions":VERSIONS}'
                    exit 0
                fi
                echo "$CNI_COMMAND TYPE" >> DIR/calls.log
                printf '%s' "$in" > DIR/TYPE.$CNI_COMMAND.stdin
                env > DIR/TYPE.$CNI_COMMAND.env
                """.replace("VERSIONS", quoted).replace("TYPE", type).replace("DIR", directory.toString()) + answer);
    }

    /** A plugin that is this very script. */
    ScriptPlugins script(String type, String text) {
        try {
            Path file = Files.writeString(directory.resolve(type), text);
            if (!file.toFile().setExecutable(true)) {
                throw new IOException("cannot make " + file + " executable");
            }
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    List<String> calls() {
        return lines("calls.log");
    }

    int versionCalls() {
        return lines("versions.log").size();
    }

    JsonNode stdin(String type, String command) {
        return CniJson.parse(String.join("\n", lines(type + "." + command + ".stdin")));
    }

    List<String> environment(String type, String command) {
        return lines(type + "." + command + ".env");
    }

    private List<String> lines(String file) {
        Path path = directory.resolve(file);
        try {
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
