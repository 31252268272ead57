package io.holdfast.api;

import io.holdfast.container.OciRuntime;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers about the node itself. */
final class NodeCalls {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCalls.class);
    private static final String KUBELET_VERSION = "0.1.0";
    private static final String CRI_VERSION = "v1";
    private static final int MOST_RANGES = 256;
    private static final String RECURSIVE_READ_ONLY = "rro";

    private final Node node;

    NodeCalls(Node node) {
        this.node = node;
    }

    Cri.VersionResponse version() {
        return Cri.VersionResponse.newBuilder()
                .setVersion(KUBELET_VERSION)
                .setRuntimeName("holdfast")
                .setRuntimeVersion(node.version())
                .setRuntimeApiVersion(CRI_VERSION)
                .build();
    }

    Cri.StatusResponse status(boolean verbose) {
        return Cri.StatusResponse.newBuilder()
                .setStatus(Cri.RuntimeStatus.newBuilder()
                        .addConditions(runtimeReady())
                        .addConditions(networkReady(node.whyNoNetwork().get())))
                .addAllRuntimeHandlers(handlers())
                .setFeatures(Cri.RuntimeFeatures.newBuilder().setSupplementalGroupsPolicy(true))
                .putAllInfo(verbose ? node.details().get() : Map.of())
                .build();
    }

    Cri.RuntimeConfigResponse config() {
        return Cri.RuntimeConfigResponse.newBuilder()
                .setLinux(Cri.LinuxRuntimeConfiguration.newBuilder()
                        .setCgroupDriver(node.systemdCgroups() ? Cri.CgroupDriver.SYSTEMD : Cri.CgroupDriver.CGROUPFS))
                .build();
    }

    /** The pod addresses are the network plugins' business: they are only told, for people to compare. */
    void update(Cri.RuntimeConfig config) {
        String ranges = Fields.line(
                "runtime_config.network_config.pod_cidr",
                config.getNetworkConfig().getPodCidr(),
                MOST_RANGES);
        LOG.info("The kubelet says that this node's pods have addresses of {}", ranges.isEmpty() ? "no range" : ranges);
    }

    private Cri.RuntimeCondition runtimeReady() {
        Cri.RuntimeCondition.Builder ready = Cri.RuntimeCondition.newBuilder().setType("RuntimeReady");
        if (!node.recovered().getAsBoolean()) {
            return ready.setReason("Recovering")
                    .setMessage("Holdfast has just started and is taking up the pods of before")
                    .build();
        }
        return condition(ready, "RuntimeNotReady", node.whyNoRuntime().get());
    }

    private static Cri.RuntimeCondition networkReady(Optional<String> whyNot) {
        Cri.RuntimeCondition.Builder ready = Cri.RuntimeCondition.newBuilder().setType("NetworkReady");
        return condition(ready, "NetworkPluginNotReady", whyNot);
    }

    private static Cri.RuntimeCondition condition(
            Cri.RuntimeCondition.Builder met, String reason, Optional<String> whyNot) {
        return whyNot.map(why -> met.setReason(reason).setMessage(why).build())
                .orElseGet(() -> met.setStatus(true).build());
    }

    /** The default handler stands once under its name and once under the empty one. */
    private List<Cri.RuntimeHandler> handlers() {
        List<Cri.RuntimeHandler> all = new ArrayList<>();
        all.add(handler("", node.handlers().standard()));
        new TreeMap<>(node.handlers().runtimes()).keySet().forEach(name -> all.add(handler(name, name)));
        return all;
    }

    private Cri.RuntimeHandler handler(String shown, String name) {
        boolean recursive = features(name)
                .filter(known -> known.mountOptions().contains(RECURSIVE_READ_ONLY))
                .isPresent();
        return Cri.RuntimeHandler.newBuilder()
                .setName(shown)
                .setFeatures(Cri.RuntimeHandlerFeatures.newBuilder().setRecursiveReadOnlyMounts(recursive))
                .build();
    }

    /** A runtime that cannot be asked can do nothing special, and is asked again. */
    private Optional<OciRuntime.Features> features(String name) {
        try {
            return Optional.of(node.handlers().runtime(name).features());
        } catch (Failure unanswered) {
            LOG.warn("The features of runtime handler {} are not known: {}", name, unanswered.getMessage());
            return Optional.empty();
        }
    }
}
