package io.holdfast.metadata;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How records become JSON: instants as ISO text, paths as they are, optionals as the value or nothing, and a value of a
 * sealed interface with its record's simple name under {@code kind}.
 */
public final class Json {

    private Json() {}

    /** A mapper for our own records; unknown fields are refused, so that no downgrade loses any. */
    public static ObjectMapper mapper() {
        return JsonMapper.builder()
                .addModule(new Jdk8Module())
                .addModule(new JavaTimeModule())
                .addModule(new SimpleModule()
                        .addSerializer(Path.class, new ToStringSerializer(Path.class))
                        .addDeserializer(Path.class, new PathText()))
                .annotationIntrospector(new SealedKinds())
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    /** Jackson's own are URIs, and look at the disk for whether there is a directory of that name; those are read as well. */
    private static final class PathText extends FromStringDeserializer<Path> {
        private static final long serialVersionUID = 1L;

        private PathText() {
            super(Path.class);
        }

        @Override
        protected Path _deserialize(String value, DeserializationContext context) {
            return value.startsWith("file:") ? Path.of(URI.create(value)) : Path.of(value);
        }
    }

    /** Reads the permitted records of a sealed interface as its sub-types. */
    private static final class SealedKinds extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonTypeInfo.Value findPolymorphicTypeInfo(
                com.fasterxml.jackson.databind.cfg.MapperConfig<?> config, Annotated annotated) {
            if (annotated instanceof AnnotatedClass && sealedAbove(annotated.getRawType())) {
                return JsonTypeInfo.Value.construct(
                        JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "kind", null, false, true, true);
            }
            return super.findPolymorphicTypeInfo(config, annotated);
        }

        @Override
        public List<NamedType> findSubtypes(Annotated annotated) {
            Class<?> type = annotated.getRawType();
            if (!type.isInterface() || !type.isSealed()) {
                return super.findSubtypes(annotated);
            }
            return Arrays.stream(type.getPermittedSubclasses())
                    .map(kind -> new NamedType(kind, kind.getSimpleName()))
                    .toList();
        }

        @Override
        public String findTypeName(AnnotatedClass annotated) {
            return sealedAbove(annotated.getRawType())
                    ? annotated.getRawType().getSimpleName()
                    : super.findTypeName(annotated);
        }

        private static boolean sealedAbove(Class<?> type) {
            return type.isInterface() && type.isSealed()
                    || type.isRecord() && Arrays.stream(type.getInterfaces()).anyMatch(Class::isSealed);
        }
    }
}
