package io.holdfast.daemon;

import io.holdfast.linux.Kernel;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the service manager how the daemon stands, by the protocol of sd_notify(3); nobody where none asks. */
final class SystemdNotice {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotice.class);

    private final Kernel kernel;
    private final Optional<String> socket;

    SystemdNotice(Kernel kernel, Map<String, String> environment) {
        this.kernel = kernel;
        this.socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET"));
    }

    void ready() {
        tell("READY=1");
    }

    void stopping() {
        tell("STOPPING=1");
    }

    private void tell(String state) {
        socket.ifPresent(path -> {
            try {
                kernel.sendDatagram(path, state);
            } catch (IOException | RuntimeException unheard) {
                LOG.warn("The service manager could not be told {}: {}", state, unheard.getMessage());
            }
        });
    }
}
