package io.holdfast.oci;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MutableConfigOverride;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The records of {@link Spec} as the JSON that the OCI specification's schema describes. */
public final class SpecJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .withConfigOverride(List.class, SpecJson::emptyWhereAbsent)
            .withConfigOverride(Map.class, SpecJson::emptyWhereAbsent)
            .withConfigOverride(String.class, SpecJson::emptyWhereAbsent)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final ObjectWriter WRITER = MAPPER.writer();
    private static final ObjectReader SPEC = MAPPER.readerFor(Spec.class);
    private static final ObjectReader PROCESS =
            MAPPER.readerFor(Spec.Process.class).at("/process");

    private SpecJson() {}

    /** One of {@link Spec}'s records: the whole, a process object for exec, or resources for update. */
    public static byte[] render(Record part) {
        try {
            return WRITER.writeValueAsBytes(part);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("rendering " + part.getClass().getSimpleName(), impossible);
        }
    }

    /** What {@link #render} wrote; anything else is a {@link Failure.Broken}. */
    public static Spec parse(byte[] json) {
        return read(SPEC, json);
    }

    /** The process of a whole spec, without looking at the rest: a system call filter alone is long. */
    public static Spec.Process parseProcess(byte[] json) {
        return read(PROCESS, json);
    }

    private static <T> T read(ObjectReader reader, byte[] json) {
        try {
            return reader.readValue(json);
        } catch (IOException malformed) {
            throw new Failure.Broken("reading a container's config.json: " + malformed.getMessage(), malformed);
        }
    }

    private static void emptyWhereAbsent(MutableConfigOverride type) {
        type.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
    }
}
