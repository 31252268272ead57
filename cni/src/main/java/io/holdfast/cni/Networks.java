package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessWatch;
import io.holdfast.linux.Subprocess;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's networks: the one that new sandboxes join, and those that older sandboxes are still on. ADD, CHECK and DEL
 * are given an {@link Attachment}, so that they need nothing of what the config directory says now.
 *
 * <p>One attachment's calls must not run side by side; those of different attachments may.
 */
public final class Networks {
    /**
     * Where configs and plugins are, and what plugins are allowed.
     *
     * @param pluginLimit the most time for one execution of one plugin
     * @param grace how long a network whose plugins stop answering still counts as ready
     */
    public record Settings(Path confDir, List<Path> binDirs, Duration pluginLimit, Duration grace) {
        private static final Duration PLUGIN_LIMIT = Duration.ofSeconds(60);
        private static final Duration GRACE = Duration.ofSeconds(20);

        public Settings {
            binDirs = List.copyOf(binDirs);
        }

        /** With a minute for each plugin, and twenty seconds of grace. */
        public static Settings of(Path confDir, List<Path> binDirs) {
            return new Settings(confDir, binDirs, PLUGIN_LIMIT, GRACE);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);
    private static final Duration STATUS_FRESH = Duration.ofSeconds(5);

    private final ConfigDirectory directory;
    private final Chain chain;
    private final Readiness readiness;
    private final Stragglers stragglers;
    private final Masquerade masquerade;
    /** Attachments whose ADD this daemon has seen succeed, and no DEL since: an ordinary DEL is enough for them. */
    private final Set<String> joined = ConcurrentHashMap.newKeySet();

    /** The observer is told of each execution of a plugin. */
    public Networks(Settings settings, Kernel kernel, ProcessWatch watch, Consumer<PluginRun> observer) {
        Subprocess subprocess = new Subprocess(kernel, watch);
        Plugins plugins = new Plugins(subprocess, settings.binDirs(), settings.pluginLimit(), observer);
        this.directory = new ConfigDirectory(settings.confDir());
        this.chain = new Chain(plugins);
        this.readiness = new Readiness(plugins, chain, settings.grace(), STATUS_FRESH);
        this.stragglers = new Stragglers(kernel, watch, settings.pluginLimit());
        this.masquerade = new Masquerade(subprocess);
    }

    /** Why no sandbox could join a network now; empty where one could. Answers within about a second. */
    public Optional<String> whyNotReady() {
        ConfigDirectory.Reading reading = directory.read();
        return reading.network().isPresent()
                ? readiness.whyNot(reading.network().get())
                : Optional.of(reading.problem());
    }

    /**
     * The network that new sandboxes join.
     *
     * @throws Failure.Unavailable where the config directory names none
     */
    public Network current() {
        ConfigDirectory.Reading reading = directory.read();
        return reading.network().orElseThrow(() -> new Failure.Unavailable("no network: " + reading.problem()));
    }

    /** Joins the network. Whatever a failure leaves half done, {@link #delete} undoes: it has to be called then. */
    public AddResult add(Attachment attachment) {
        AddResult result = chain.add(attachment);
        joined.add(attachment.toString());
        return result;
    }

    /**
     * Leaves the network, with the very config of the ADD and, where the ADD is known to have ended, its result. Also
     * where the ADD never ran or failed, where the network namespace is gone, and once more.
     */
    public void delete(Attachment attachment, Optional<String> resultJson) {
        Optional<ObjectNode> result = resultJson.map(json -> result(attachment, json));
        boolean ordinary = joined.remove(attachment.toString());
        if (!ordinary) {
            stragglers.settle(attachment.containerId());
        }
        boolean atOnce = left(attachment, result);
        if (!atOnce) {
            chain.delete(attachment, result);
        }
        if (!ordinary || !atOnce) {
            masquerade.sweep(attachment);
        }
    }

    /** False where the DEL failed in a way that another may mend; one that ran out of its time is not repeated at once. */
    private boolean left(Attachment attachment, Optional<ObjectNode> result) {
        try {
            chain.delete(attachment, result);
            return true;
        } catch (Failure.TimedOut late) {
            throw late;
        } catch (Failure failed) {
            LOG.warn("A CNI DEL is done once more, and then looked after: {}", failed.getMessage());
            return false;
        }
    }

    /** Fails where the network no longer is as the ADD left it, as far as its plugins can tell. */
    public void check(Attachment attachment, String resultJson) {
        chain.check(attachment, result(attachment, resultJson));
    }

    /** Lets plugins drop all that belongs to no attachment but these, on the network that new sandboxes join. */
    public void gc(Collection<Attachment> valid) {
        directory.read().network().ifPresent(network -> chain.gc(network.config(), valid));
    }

    private static ObjectNode result(Attachment attachment, String json) {
        try {
            return CniJson.parse(json);
        } catch (Failure.Invalid malformed) {
            throw new Failure.Broken(
                    "the remembered CNI result of " + attachment + ": " + malformed.getMessage(), malformed);
        }
    }
}
