package io.holdfast.daemon;

import io.holdfast.cni.PluginRun;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells which network plugin it was that made a pod wait: the network is the longest part of a pod's start. */
final class PluginTimes implements Consumer<PluginRun> {
    private static final Logger LOG = LoggerFactory.getLogger(PluginTimes.class);
    private static final Duration SLOW = Duration.ofSeconds(2);

    @Override
    public void accept(PluginRun run) {
        if (run.took().compareTo(SLOW) > 0) {
            LOG.warn(
                    "CNI {} of {} took plugin {} {} ms",
                    run.command(),
                    run.network(),
                    run.plugin(),
                    run.took().toMillis());
        }
    }
}
