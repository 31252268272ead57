package io.holdfast.cli;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod as {@code holdfast run} takes it: a Kubernetes Pod manifest (v1), YAML or JSON, with those of its fields that
 * mean something on a single node. Any other field is refused by name: it would be dropped silently.
 */
record PodFile(Optional<String> apiVersion, Optional<String> kind, Metadata metadata, PodSpec spec) {
    record Metadata(
            String name, Optional<String> namespace, Map<String, String> labels, Map<String, String> annotations) {}

    record PodSpec(
            List<PodContainer> containers,
            List<Volume> volumes,
            boolean hostNetwork,
            boolean hostPID,
            boolean hostIPC,
            boolean shareProcessNamespace,
            Optional<String> hostname,
            Optional<String> runtimeClassName) {}

    record PodContainer(
            String name,
            String image,
            List<String> command,
            List<String> args,
            Optional<String> workingDir,
            List<Variable> env,
            List<Port> ports,
            List<VolumeMount> volumeMounts,
            Optional<SecurityFields> securityContext,
            boolean tty) {}

    record Variable(String name, Optional<String> value) {}

    record Port(
            Optional<String> name,
            int containerPort,
            int hostPort,
            Optional<String> hostIP,
            Optional<String> protocol) {}

    record Volume(String name, HostPath hostPath) {}

    record HostPath(String path) {}

    record VolumeMount(String name, String mountPath, boolean readOnly) {}

    record SecurityFields(
            boolean privileged,
            boolean readOnlyRootFilesystem,
            Optional<Long> runAsUser,
            Optional<Long> runAsGroup,
            Optional<Boolean> allowPrivilegeEscalation) {}

    /**
     * Reads a manifest.
     *
     * @throws Failure.Invalid that names the place, where it is malformed or has what this command cannot do
     */
    static PodFile parse(String source, String text) {
        try {
            return mapper().readValue(text, PodFile.class).checked();
        } catch (JsonMappingException wrong) {
            throw new Failure.Invalid(source + ": " + place(wrong) + ": " + wrong.getOriginalMessage(), wrong);
        } catch (JsonProcessingException malformed) {
            throw new Failure.Invalid(source + ": " + malformed.getOriginalMessage(), malformed);
        }
    }

    private PodFile checked() {
        if (!kind.orElse("Pod").equals("Pod") || !apiVersion.orElse("v1").equals("v1")) {
            throw new Failure.Invalid("kind: only a Pod of apiVersion v1 can be run");
        }
        if (spec.containers().isEmpty()) {
            throw new Failure.Invalid("spec.containers: at least one is needed");
        }
        return this;
    }

    private static YAMLMapper mapper() {
        YAMLMapper mapper = YAMLMapper.builder()
                .addModule(new Jdk8Module())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        JsonSetter.Value empty = JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY);
        JsonSetter.Value required = JsonSetter.Value.forValueNulls(Nulls.FAIL);
        List.of(List.class, Map.class)
                .forEach(type -> mapper.configOverride(type).setSetterInfo(empty));
        List.of(String.class, Metadata.class, PodSpec.class, HostPath.class)
                .forEach(type -> mapper.configOverride(type).setSetterInfo(required));
        return mapper;
    }

    /** Where in the manifest, as {@code spec.containers[0].image}. */
    private static String place(JsonMappingException wrong) {
        StringBuilder place = new StringBuilder();
        for (var step : wrong.getPath()) {
            String separator = place.isEmpty() ? "" : ".";
            place.append(step.getFieldName() == null ? "[" + step.getIndex() + "]" : separator + step.getFieldName());
        }
        return place.isEmpty() ? "the manifest" : place.toString();
    }
}
