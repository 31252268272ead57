package io.holdfast.daemon;

import io.holdfast.api.AdminApi;
import io.holdfast.api.CallLog;
import io.holdfast.api.ImageApi;
import io.holdfast.api.Owners;
import io.holdfast.api.RuntimeApi;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failpoints;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon. Closing it is a crash with manners: no call is taken any more, those under way may end, and nothing
 * is written that a crash would miss. Containers live on.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final int CANNOT_RECOVER = 1;

    private final Closing closing = new Closing();
    private final SystemdNotice notice;
    private volatile boolean stopping;

    private Daemon(SystemdNotice notice) {
        this.notice = notice;
    }

    /** Starts and serves; recovery goes on beside it, and ends before the first call about a sandbox or container. */
    public static Daemon start(Config config, Failpoints failpoints, Map<String, String> environment) {
        Kernel kernel = new Kernel();
        Daemon daemon = new Daemon(new SystemdNotice(kernel, environment));
        try {
            daemon.open(config, kernel, failpoints);
            return daemon;
        } catch (RuntimeException failed) {
            daemon.closing.close();
            throw failed;
        }
    }

    private void open(Config config, Kernel kernel, Failpoints failpoints) {
        config.problems().forEach(problem -> LOG.warn("Configuration: {}", problem));
        closing.add(Claim.on(config.root()));
        closing.add(Claim.on(config.state()));
        closing.add(new HeapTrim());
        Wiring wiring = closing.add(new Wiring(config, kernel, failpoints));
        RecoveryGate gate = new RecoveryGate();
        Owners owners = wiring.owners();
        closing.add(Endpoint.open(
                config,
                List.of(
                        new RuntimeApi(wiring.node(gate::isOpen), owners),
                        new ImageApi(owners.images()),
                        new AdminApi(owners)),
                List.of(new CallLog(), gate)));
        LOG.info("Holdfast {} listens on {}", Version.own(), config.socket());
        notice.ready();
        Thread.ofPlatform().daemon().name("native-crypto").start(NativeCrypto::install);
        Thread.ofVirtual().name("recovery").start(() -> new Recovery(owners, gate::open, this::lost).run());
    }

    /** Ends at once, and with a status that has a service manager start it again. */
    private void lost(Throwable why) {
        if (stopping) {
            LOG.info("The stop came before all was taken up, which the next start does");
            return;
        }
        LOG.error("What pods there are cannot be read, so that Holdfast ends, to be started again", why);
        Runtime.getRuntime().halt(CANNOT_RECOVER);
    }

    @Override
    public void close() {
        LOG.info("Holdfast stops; containers go on");
        stopping = true;
        notice.stopping();
        closing.close();
    }
}
