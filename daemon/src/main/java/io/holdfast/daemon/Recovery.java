package io.holdfast.daemon;

import io.holdfast.api.Owners;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up what a former daemon left, while the socket answers already. */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Owners owners;
    private final Runnable done;

    Recovery(Owners owners, Runnable done) {
        this.owners = owners;
        this.done = done;
    }

    /** Containers first: a sandbox that is released asks them. One owner's failure keeps no other from its work. */
    void run() {
        long began = System.nanoTime();
        attempt("containers", owners.containers()::recover);
        attempt("sandboxes", owners.sandboxes()::recover);
        done.run();
        LOG.info(
                "Recovered in {} ms: {} sandboxes, {} containers, {} images",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
                owners.sandboxes().list().size(),
                owners.containers().list().size(),
                owners.images().list().size());
    }

    private static void attempt(String what, Runnable recover) {
        try {
            recover.run();
        } catch (RuntimeException failed) {
            LOG.error("Recovery of {} failed; those that it did not come to are not listed", what, failed);
        }
    }
}
