package io.holdfast.api;

import io.holdfast.container.Container;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.sandbox.Sandbox;
import java.util.Map;
import java.util.function.Predicate;

/** The filters of lists: what is not set matches everything, ids match by their beginning, labels by equality. */
final class Matching {
    private Matching() {}

    static Predicate<Sandbox> sandboxes(Cri.PodSandboxFilter filter) {
        return sandbox -> sandbox.id().startsWith(filter.getId())
                && (!filter.hasState()
                        || SandboxReplies.state(sandbox.state())
                                == filter.getState().getState())
                && labels(filter.getLabelSelectorMap(), sandbox.config().labels());
    }

    static Predicate<Sandbox> sandboxes(Cri.PodSandboxStatsFilter filter) {
        return sandbox -> sandbox.id().startsWith(filter.getId())
                && labels(filter.getLabelSelectorMap(), sandbox.config().labels());
    }

    static Predicate<Container> containers(Cri.ContainerFilter filter) {
        return container -> container.id().startsWith(filter.getId())
                && container.sandboxId().startsWith(filter.getPodSandboxId())
                && (!filter.hasState()
                        || ContainerReplies.state(container.state())
                                == filter.getState().getState())
                && labels(filter.getLabelSelectorMap(), container.config().labels());
    }

    static Predicate<Container> containers(Cri.ContainerStatsFilter filter) {
        return container -> container.id().startsWith(filter.getId())
                && container.sandboxId().startsWith(filter.getPodSandboxId())
                && labels(filter.getLabelSelectorMap(), container.config().labels());
    }

    private static boolean labels(Map<String, String> wanted, Map<String, String> labels) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }
}
