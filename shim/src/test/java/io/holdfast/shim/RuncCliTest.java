package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuncCliTest {
    @Test
    void theRuntimeIsToldWhoMakesItsCgroups() {
        assertThat(argv(true)).containsExactly("/r", "--root=/root", "--log-format=json", "--systemd-cgroup", "state");
        assertThat(argv(false)).containsExactly("/r", "--root=/root", "--log-format=json", "state");
    }

    private static List<String> argv(boolean systemd) {
        Kernel kernel = new Kernel();
        try (ProcessWatch watch = new ProcessWatch(kernel)) {
            Handler handler =
                    new Handler("x", Path.of("/r"), Path.of("/root"), Path.of("/conmon"), "/monitors", systemd);
            return new RuncCli(handler, new Subprocess(kernel, watch)).argv("state");
        }
    }
}
