package io.holdfast.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.container.Container;
import io.holdfast.container.ContainerState;
import io.holdfast.image.Image;
import io.holdfast.sandbox.Sandbox;
import io.holdfast.sandbox.SandboxState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What verbose answers tell people: one JSON text under {@code info}. Never read by a kubelet. */
final class Details {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String KEY = "info";

    private Details() {}

    static Map<String, String> sandbox(Sandbox sandbox) {
        ObjectNode info = JSON.createObjectNode();
        switch (sandbox.state()) {
            case SandboxState.Ready ready -> info.put("pid", ready.pause().pid());
            case SandboxState.NotReady notReady -> info.put("why", notReady.why());
            case SandboxState.Undoing undoing -> info.put("why", undoing.why());
            case SandboxState.Assembling _ -> {}
        }
        info.put("runtimeHandler", sandbox.handler());
        info.put("hostname", sandbox.config().hostname());
        info.put("cgroupParent", sandbox.config().cgroupParent());
        strings(info.putArray("holds"), sandbox.holds());
        sandbox.networkResult().ifPresent(result -> info.set("cniResult", parsed(result)));
        return Map.of(KEY, info.toString());
    }

    /** The spec is the OCI runtime's config.json, where it is still there. */
    static Map<String, String> container(Container container, Optional<String> spec) {
        ObjectNode info = JSON.createObjectNode();
        info.put("sandboxID", container.sandboxId());
        switch (container.state()) {
            case ContainerState.Created created ->
                info.put("pid", created.init().pid());
            case ContainerState.Running running ->
                info.put("pid", running.init().pid());
            case ContainerState.Unknown unknown -> info.put("why", unknown.why());
            case ContainerState.Creating _, ContainerState.Exited _, ContainerState.Undoing _ -> info.put("pid", 0);
        }
        info.put("runtimeHandler", container.handler());
        info.put("cgroup", container.cgroup());
        info.put("imageID", container.imageId());
        spec.ifPresent(json -> info.set("runtimeSpec", parsed(json)));
        return Map.of(KEY, info.toString());
    }

    static Map<String, String> image(Image image) {
        ObjectNode info = JSON.createObjectNode();
        ObjectNode config = info.putObject("imageSpec").putObject("config");
        strings(config.putArray("Entrypoint"), image.config().entrypoint());
        strings(config.putArray("Cmd"), image.config().command());
        strings(config.putArray("Env"), image.config().environment());
        config.put("WorkingDir", image.config().workingDirectory());
        config.put("User", image.config().user());
        config.put("StopSignal", image.config().stopSignal());
        image.config().labels().forEach(config.putObject("Labels")::put);
        strings(info.putArray("chain"), image.chain());
        return Map.of(KEY, info.toString());
    }

    private static void strings(ArrayNode array, List<?> values) {
        values.forEach(value -> array.add(value.toString()));
    }

    private static com.fasterxml.jackson.databind.JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException broken) {
            return JSON.createObjectNode().put("unreadable", broken.getOriginalMessage());
        }
    }
}
