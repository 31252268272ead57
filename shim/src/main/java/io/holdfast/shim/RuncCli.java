package io.holdfast.shim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.linux.Command;
import io.holdfast.linux.Subprocess;
import io.holdfast.linux.Subprocess.Output;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command line that runc, crun and other OCI runtimes share. Every call is one process with a limit; the process
 * and its group are dead when the call returns.
 */
final class RuncCli {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CREATE = Duration.ofMinutes(2);
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration DELETE = Duration.ofMinutes(1);
    private static final Duration ASK = Duration.ofSeconds(10);

    private final Handler handler;
    private final Subprocess subprocess;

    RuncCli(Handler handler, Subprocess subprocess) {
        this.handler = handler;
        this.subprocess = subprocess;
    }

    /** The runtime's binary and what stands before every verb. Errors are JSON lines on stderr. */
    List<String> argv(String... verb) {
        List<String> argv = new ArrayList<>(List.of(handler.binary().toString()));
        argv.addAll(globalArguments());
        if (handler.systemdCgroup()) {
            argv.add("--systemd-cgroup");
        }
        argv.addAll(List.of(verb));
        return argv;
    }

    /** The same for whoever adds --systemd-cgroup himself. */
    List<String> globalArguments() {
        return List.of("--root=" + handler.root(), "--log-format=json");
    }

    /** Creates a container with /dev/null for its stdin, stdout and stderr. */
    void create(ContainerFiles files) {
        List<String> argv = argv(
                "--log=" + files.runtimeLog(),
                "create",
                "--bundle=" + files.bundle(),
                "--pid-file=" + files.initPid(),
                files.id());
        int exitCode = subprocess.runSilently(Command.of(CREATE, argv));
        if (exitCode != 0) {
            throw refusedCreate(files, "");
        }
    }

    /** Why the runtime did not create a container: its log says it, or else what the monitor heard. */
    Failure refusedCreate(ContainerFiles files, String heard) {
        RuntimeLog log = RuntimeLog.of(ContainerFiles.text(files.runtimeLog()).orElse(""));
        return (log.isEmpty() ? RuntimeLog.of(heard) : log).failure(doing("creating", files.id()));
    }

    void start(String id) {
        Output output = run(START, "start", id);
        if (output.ok()) {
            return;
        }
        String status = status(id).orElse("unknown to the runtime");
        if (status.equals("running")) {
            return;
        }
        String doing = doing("starting", id);
        if (status.equals("created")) {
            throw said(output).failure(doing);
        }
        throw new Failure.WrongState(
                doing + ": it is " + status + ": " + said(output).text() + "; create it again");
    }

    /** Makes the runtime forget a container whose processes have ended; one that it does not know is forgotten. */
    void delete(String id) {
        if (!knows(id) || run(DELETE, "delete", id).ok() || !knows(id)) {
            return;
        }
        Output forced = run(DELETE, "delete", "--force", id);
        if (!forced.ok() && knows(id)) {
            throw new Failure.Broken(doing("deleting", id) + ": " + said(forced).text());
        }
    }

    void update(String id, String resourcesJson) {
        List<String> argv = argv("update", "--resources=/dev/stdin", id);
        Output output =
                subprocess.run(Command.of(START, argv).withStdin(resourcesJson.getBytes(StandardCharsets.UTF_8)));
        if (!output.ok()) {
            throw notRunning(id, doing("updating", id), said(output));
        }
    }

    /** The failure of a verb that needs a running container: WrongState where it is not running. */
    Failure notRunning(String id, String doing, RuntimeLog said) {
        Failure failure = said.failure(doing);
        if (failure instanceof Failure.Invalid) {
            return failure;
        }
        String status = status(id).orElse("unknown to the runtime");
        return status.equals("running")
                ? failure
                : new Failure.WrongState(doing + ": the container is " + status + ": " + said.text());
    }

    /** OCI's status: creating, created, running or stopped; empty for a container that the runtime does not know. */
    Optional<String> status(String id) {
        Output output = run(ASK, "state", id);
        if (!output.ok() && !knows(id)) {
            return Optional.empty();
        }
        try {
            String status = JSON.readTree(output.stdout()).path("status").asText();
            if (output.ok() && !status.isEmpty()) {
                return Optional.of(status);
            }
        } catch (IOException garbage) {
            throw new Failure.Broken(
                    doing("asking for the state of", id) + ": its answer is not JSON: " + abbreviated(output), garbage);
        }
        throw new Failure.Broken(doing("asking for the state of", id) + ": "
                + (output.ok()
                        ? "its answer has no status: " + abbreviated(output)
                        : said(output).text()));
    }

    /** The first line of {@code --version} without the word version. */
    String version() {
        Output output = subprocess.run(Command.of(ASK, List.of(handler.binary().toString(), "--version")));
        String first = output.out().lines().findFirst().orElse("").strip();
        return first.replaceFirst(" version ", " ");
    }

    /** What {@code features} prints; empty where the runtime has no such verb or prints what is no JSON object. */
    Optional<JsonNode> features() {
        Output output = subprocess.run(Command.of(ASK, List.of(handler.binary().toString(), "features")));
        try {
            return Optional.of(JSON.readTree(output.stdout())).filter(tree -> output.ok() && tree.isObject());
        } catch (IOException garbage) {
            return Optional.empty();
        }
    }

    String doing(String verb, String id) {
        return verb + " container " + id + " with " + handler.name();
    }

    /** Whether anything below the runtime's root is named after the container: a directory or, with some, a few files. */
    private boolean knows(String id) {
        if (Files.exists(handler.root().resolve(id))) {
            return true;
        }
        try (var entries = Files.newDirectoryStream(handler.root(), id + "[!A-Za-z0-9]*")) {
            return entries.iterator().hasNext();
        } catch (NoSuchFileException none) {
            return false;
        } catch (IOException failed) {
            throw new Failure.Broken("reading " + handler.root() + ": " + failed.getMessage(), failed);
        }
    }

    private Output run(Duration limit, String... arguments) {
        return subprocess.run(Command.of(limit, argv(arguments)));
    }

    private static RuntimeLog said(Output output) {
        return RuntimeLog.of(output.err());
    }

    private static String abbreviated(Output output) {
        String text = output.out().strip();
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
