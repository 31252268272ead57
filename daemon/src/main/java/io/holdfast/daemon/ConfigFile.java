package io.holdfast.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a TOML file over the defaults. Every complaint names the file and the key, and is a {@link Failure.Invalid}. */
public final class ConfigFile {
    private static final long MOST_BYTES = 1 << 20;
    private static final TomlMapper MAPPER = TomlMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .addModule(new SimpleModule()
                    .addDeserializer(Path.class, new Paths())
                    .addDeserializer(Duration.class, new Durations()))
            .build();

    private ConfigFile() {}

    /** The commented file with every key and its default. */
    public static String defaults() {
        try (InputStream resource = ConfigFile.class.getResourceAsStream("default.toml")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading the defaults out of Holdfast's own jar", impossible);
        }
    }

    public static Config read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new Failure.Invalid(file + ": larger than 1 MiB; is it the configuration file?");
            }
            return parse(file.toString(), Files.readString(file));
        } catch (IOException failed) {
            throw new Failure.Invalid(file + ": cannot be read: " + failed.getMessage(), failed);
        }
    }

    /** The configuration of this text; {@code name} is what complaints call it. */
    public static Config parse(String name, String text) {
        try {
            ObjectNode whole = (ObjectNode) MAPPER.readTree(defaults());
            merge(whole, MAPPER.readTree(text));
            withDefaultRoots(whole.path("runtimes"));
            return MAPPER.treeToValue(whole, Config.class);
        } catch (UnrecognizedPropertyException unknown) {
            throw new Failure.Invalid(
                    name + ": " + key(unknown) + ": there is no such key; `holdfast config default`"
                            + " prints all of them",
                    unknown);
        } catch (JsonMappingException wrong) {
            throw new Failure.Invalid(name + ": " + key(wrong) + ": " + wrong.getOriginalMessage(), wrong);
        } catch (JsonProcessingException syntax) {
            throw new Failure.Invalid(
                    name + ", line " + syntax.getLocation().getLineNr() + ": " + syntax.getOriginalMessage(), syntax);
        }
    }

    private static void withDefaultRoots(JsonNode runtimes) {
        for (JsonNode handler : runtimes) {
            if (handler instanceof ObjectNode table && !table.has("root")) {
                table.put("root", "");
            }
        }
    }

    private static void merge(ObjectNode below, JsonNode above) {
        above.properties().forEach(entry -> {
            if (entry.getValue().isObject() && below.get(entry.getKey()) instanceof ObjectNode table) {
                merge(table, entry.getValue());
            } else {
                below.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private static String key(JsonMappingException complaint) {
        return complaint.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    /** Absolute paths without dot segments. */
    private static final class Paths extends FromStringDeserializer<Path> {
        private static final long serialVersionUID = 1L;

        Paths() {
            super(Path.class);
        }

        @Override
        protected Path _deserialize(String value, com.fasterxml.jackson.databind.DeserializationContext context)
                throws JsonMappingException {
            Path path = Path.of(value);
            if (!path.isAbsolute() || !path.equals(path.normalize())) {
                throw JsonMappingException.from(
                        context, "must be an absolute path without dots, and is \"" + value + "\"");
            }
            return path;
        }
    }

    /** Durations as people write them: 500ms, 10s, 2m, 1h. */
    private static final class Durations extends FromStringDeserializer<Duration> {
        private static final long serialVersionUID = 1L;
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

        Durations() {
            super(Duration.class);
        }

        @Override
        protected Duration _deserialize(String value, com.fasterxml.jackson.databind.DeserializationContext context)
                throws JsonMappingException {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw JsonMappingException.from(
                        context, "must be a time such as \"10s\" or \"2m\", and is \"" + value + "\"");
            }
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
            };
        }
    }
}
