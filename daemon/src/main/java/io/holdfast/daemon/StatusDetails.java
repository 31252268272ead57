package io.holdfast.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.holdfast.metadata.Json;
import io.holdfast.sandbox.Handlers;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What the verbose Status tells people: each value a JSON text. */
final class StatusDetails {
    private StatusDetails() {}

    static Map<String, String> of(Config config, Handlers handlers) {
        var mapper =
                Json.mapper().registerModule(new SimpleModule().addSerializer(Path.class, ToStringSerializer.instance));
        ObjectNode runtimes = mapper.createObjectNode();
        new TreeMap<>(handlers.runtimes()).forEach((name, runtime) -> {
            try {
                runtimes.put(name, runtime.features().version());
            } catch (Failure unanswered) {
                runtimes.put(name, unanswered.getMessage());
            }
        });
        try {
            return Map.of(
                    "config", mapper.writeValueAsString(config),
                    "runtimes", runtimes.toString(),
                    "defaultRuntime", mapper.writeValueAsString(handlers.standard()));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a configuration that JSON cannot hold", impossible);
        }
    }
}
