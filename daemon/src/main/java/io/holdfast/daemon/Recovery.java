package io.holdfast.daemon;

import io.holdfast.api.Owners;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up what a former daemon left, while the socket answers already. */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Owners owners;
    private final Runnable done;
    private final Consumer<Throwable> lost;

    /** Calls {@code done}, or {@code lost} where it cannot be known what there is. */
    Recovery(Owners owners, Runnable done, Consumer<Throwable> lost) {
        this.owners = owners;
        this.done = done;
        this.lost = lost;
    }

    /**
     * Containers first: no call on a sandbox is to find them missing. Owners never fail for one object's sake, only where
     * they cannot read their records: then no list may be answered, since a kubelet starts what is missing in it once more.
     */
    void run() {
        long began = System.nanoTime();
        try {
            owners.containers().recover();
            owners.sandboxes().recover();
        } catch (RuntimeException | Error failed) {
            lost.accept(failed);
            return;
        }
        done.run();
        LOG.info(
                "Recovered in {} ms: {} sandboxes, {} containers, {} images",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
                owners.sandboxes().list().size(),
                owners.containers().list().size(),
                owners.images().list().size());
    }
}
