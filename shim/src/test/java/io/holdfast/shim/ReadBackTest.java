package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.OciRuntime.Request;
import io.holdfast.work.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runtimes that forget a part of what they were asked for. */
class ReadBackTest {
    private static final String FILTER = "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\","
            + " \"syscalls\": [{\"names\": [\"reboot\"], \"action\": \"SCMP_ACT_ERRNO\"}]}, ";

    private final Lab lab = new Lab(Path.of("/usr/bin/crun"));

    @AfterEach
    void close() {
        lab.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        s#"cgroupsPath": "#&/elsewhere#                | it is not in cgroup
        s#{"type": "pid"}, ##                          | no pid namespace
        s#, {"type": "network"}##                      | no network namespace
        s#{"type": "ipc"}, ##                          | no ipc namespace
        s#"bounding": \\["CAP_KILL"#&, "CAP_SYS_ADMIN"# | it could have CAP_SYS_ADMIN
        s#"noNewPrivileges": true#"noNewPrivileges": false# | no_new_privs
        """)
    void whatWasForgottenIsNamedAndNothingRuns(String forgets, String complaint) throws Exception {
        for (boolean logged : List.of(true, false)) {
            Request request = lab.request(logged, "sleep", "6007");
            isFoundOut(request, forgets, complaint);
        }
    }

    @Test
    void aNamespaceThatWasToBeJoinedIsMissed() throws Exception {
        Request request = lab.request(true, "sleep", "6008");
        String joined = "{\"type\": \"ipc\", \"path\": \"/proc/%s/ns/ipc\"}"
                .formatted(ProcessHandle.current().pid());
        change(request, "{\"type\": \"ipc\"}", joined);
        isFoundOut(request, "s#, \"path\": \"/proc/[0-9]*/ns/ipc\"##", "not in the ipc namespace /proc/");
    }

    @Test
    void aFilterThatCannotComeLaterIsMissed() throws Exception {
        Request request = lab.request(true, "sleep", "6009");
        filter(request);
        isFoundOut(request, "s#\"seccomp\".*ERRNO\"}]}, ##", "not filtered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/crun", "/usr/sbin/runc"})
    void aFilterThatIsThereIsSeen(String runtime) throws Exception {
        lab.use(Path.of(runtime));
        Request request = lab.request(false, "sleep", "6010");
        filter(request);
        assertThat(lab.runtime().create(request).isAlive()).isTrue();
        lab.runtime().delete(request);
    }

    private static void filter(Request request) throws Exception {
        change(request, "\"noNewPrivileges\": true", "\"noNewPrivileges\": false");
        change(request, "\"linux\": {", "\"linux\": {" + FILTER);
    }

    private static void change(Request request, String from, String to) throws Exception {
        Path config = request.bundle().resolve("config.json");
        Files.writeString(config, Files.readString(config).replace(from, to));
    }

    private void isFoundOut(Request request, String forgets, String complaint) throws Exception {
        lab.use(forgetting(request, forgets));
        assertThatThrownBy(() -> lab.runtime().create(request))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("creating container " + request.id() + " with other")
                .hasMessageContaining(complaint);
        lab.use(lab.handler.binary());
        lab.runtime().delete(request);
        lab.assertGone(request);
    }

    /** The config is as it was when the runtime has ended. */
    private Path forgetting(Request request, String script) throws Exception {
        Path config = request.bundle().resolve("config.json");
        Path wrapper = Files.createTempFile(
                lab.directory,
                "forgetful",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        String lines = """
            #!/bin/sh
            case "$*" in *create*) ;; *) exec %1$s "$@" ;; esac
            cp %2$s %2$s.asked
            sed -i -e '%3$s' %2$s
            %1$s "$@"
            code=$?
            mv %2$s.asked %2$s
            exit $code
            """;
        return Files.writeString(wrapper, lines.formatted(lab.handler.binary(), config, script));
    }
}
