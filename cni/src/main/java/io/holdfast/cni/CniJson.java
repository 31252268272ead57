package io.holdfast.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The JSON of configs and results as trees: plugins have fields of their own, which must pass through untouched.
 * Every reader names the field that is wrong.
 */
final class CniJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private CniJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The one JSON object in this text. */
    static ObjectNode parse(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw new Failure.Invalid("must be one JSON object, and is " + (text.isBlank() ? "empty" : "none"));
        } catch (JsonProcessingException malformed) {
            var place = malformed.getLocation();
            throw new Failure.Invalid(
                    "not JSON: " + malformed.getOriginalMessage() + " at line " + place.getLineNr() + ", column "
                            + place.getColumnNr(),
                    malformed);
        }
    }

    static String render(JsonNode node) {
        return node.toString();
    }

    static String pretty(JsonNode node) {
        return node.toPrettyString() + "\n";
    }

    /** The text of this field; empty where the field is absent, null or "". */
    static Optional<String> text(JsonNode object, String field) {
        return present(object, field)
                .map(value -> {
                    if (!value.isTextual()) {
                        throw new Failure.Invalid(field + ": must be a string, and is " + value);
                    }
                    return value.textValue();
                })
                .filter(value -> !value.isEmpty());
    }

    /** A boolean, which older configs write as "true" or "false". */
    static boolean flag(JsonNode object, String field) {
        return present(object, field)
                .map(value -> switch (value.asText()) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new Failure.Invalid(field + ": must be true or false, and is " + value);
                })
                .orElse(false);
    }

    /** The elements of this list; none where the field is absent or null. */
    static List<JsonNode> elements(JsonNode object, String field) {
        List<JsonNode> elements = new ArrayList<>();
        present(object, field).ifPresent(value -> {
            if (!value.isArray()) {
                throw new Failure.Invalid(field + ": must be a list, and is " + value);
            }
            value.forEach(elements::add);
        });
        return elements;
    }

    static List<ObjectNode> objects(JsonNode object, String field) {
        return elements(object, field).stream()
                .map(element -> {
                    if (element instanceof ObjectNode one) {
                        return one;
                    }
                    throw new Failure.Invalid(field + ": must be a list of objects, and has " + element);
                })
                .toList();
    }

    static List<String> texts(JsonNode object, String field) {
        return elements(object, field).stream().map(JsonNode::asText).toList();
    }

    private static Optional<JsonNode> present(JsonNode object, String field) {
        return Optional.ofNullable(object.get(field)).filter(value -> !value.isNull());
    }
}
