package io.holdfast.content;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holdfast.work.Failure;
import java.io.IOException;

/**
 * Reads JSON that a stranger wrote: bounded in depth and length, no key twice, nothing after the end. Whoever calls has capped the bytes.
 */
public final class StrictJson {
    private static final int NUMBER_CHARS = 32;
    private static final int NAME_CHARS = 64 << 10;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Caps.JSON_DEPTH)
                            .maxStringLength(Caps.JSON_STRING_CHARS)
                            .maxNumberLength(NUMBER_CHARS)
                            .maxNameLength(NAME_CHARS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /** The object, or {@link Failure.Broken} that starts with {@code what}. */
    public static JsonNode object(byte[] json, String what) {
        JsonNode node = parse(json, what);
        if (!node.isObject()) {
            throw new Failure.Broken(what + ": not a JSON object");
        }
        return node;
    }

    /** The same for an array. */
    public static JsonNode array(byte[] json, String what) {
        JsonNode node = parse(json, what);
        if (!node.isArray()) {
            throw new Failure.Broken(what + ": not a JSON array");
        }
        return node;
    }

    private static JsonNode parse(byte[] json, String what) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException broken) {
            throw new Failure.Broken(what + ": not JSON: " + broken.getOriginalMessage(), broken);
        } catch (IOException broken) {
            throw new Failure.Broken(what + ": not JSON: " + broken.getMessage(), broken);
        }
    }
}
