package io.holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.work.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * No field of a request is lost: a change in any of them changes what it is parsed into, or is refused, unless the field
 * stands here with a reason. A field that a new version of CRI brings fails this test.
 */
class FieldCoverageTest {
    private static final String PAUSE = "the pause process runs as nobody's program whatever the pod's user";
    private static final String POD_GROUP = "the kubelet puts it on the pod's cgroup, which is its own";
    private static final String SANDBOX_OWNS = "the sandbox decided it for all of its containers";

    private static final Map<String, String> IGNORED = Map.ofEntries(
            Map.entry("PodSandboxConfig.windows", "for Windows"),
            Map.entry("PodSandboxConfig.linux.security_context.run_as_user.value", PAUSE),
            Map.entry("PodSandboxConfig.linux.security_context.run_as_group.value", PAUSE),
            Map.entry("PodSandboxConfig.linux.security_context.supplemental_groups", PAUSE),
            Map.entry("PodSandboxConfig.linux.security_context.supplemental_groups_policy", PAUSE),
            Map.entry(
                    "PodSandboxConfig.linux.security_context.readonly_rootfs",
                    "the pause process's root is read-only whatever is asked for"),
            Map.entry("PodSandboxConfig.linux.overhead", POD_GROUP),
            Map.entry("PodSandboxConfig.linux.resources", POD_GROUP),
            Map.entry(
                    "PodSandboxConfig.linux.security_context.seccomp_profile_path",
                    "replaced by seccomp; refused where that is missing"),
            Map.entry("ContainerConfig.windows", "for Windows"),
            Map.entry(
                    "ContainerConfig.image.image_ref",
                    "what the kubelet found the image to be; image already names just that"),
            Map.entry("ContainerConfig.linux.security_context.namespace_options.network", SANDBOX_OWNS),
            Map.entry("ContainerConfig.linux.security_context.namespace_options.ipc", SANDBOX_OWNS),
            Map.entry(
                    "ContainerConfig.linux.security_context.namespace_options.target_id",
                    "read where pid is TARGET, and means nothing elsewhere"),
            Map.entry(
                    "ContainerConfig.linux.security_context.seccomp_profile_path",
                    "replaced by seccomp; refused where that is missing"),
            Map.entry(
                    "ContainerConfig.linux.security_context.apparmor_profile",
                    "replaced by apparmor; refused where that is missing"));

    private final Set<String> walked = new TreeSet<>();

    @TestFactory
    Stream<DynamicTest> everyFieldOfASandboxIsReadOrNamed() {
        return tests(Samples.sandbox().build(), request -> SandboxRequests.config((Cri.PodSandboxConfig) request));
    }

    @TestFactory
    Stream<DynamicTest> everyFieldOfAContainerIsReadOrNamed() {
        return tests(Samples.container().build(), request -> ContainerRequests.config((Cri.ContainerConfig) request));
    }

    @Test
    void everyNamedFieldExists() {
        tests(Samples.sandbox().build(), _ -> "").count();
        tests(Samples.container().build(), _ -> "").count();
        assertThat(walked).containsAll(IGNORED.keySet());
    }

    private Stream<DynamicTest> tests(Message base, Function<Message, Object> parse) {
        List<Change> changes = new ArrayList<>();
        walk(base.getDescriptorForType().getName(), base, Function.identity(), changes);
        Object expected = parse.apply(base);
        return changes.stream()
                .map(change -> DynamicTest.dynamicTest(
                        change.path(),
                        () -> assertThat(noticed(change, parse, expected))
                                .as("a change of the field is noticed")
                                .isEqualTo(!IGNORED.containsKey(change.path()))));
    }

    /** A field with the requests that differ from the base in it alone. */
    private record Change(String path, List<Message> requests) {}

    private static boolean noticed(Change change, Function<Message, Object> parse, Object expected) {
        return change.requests().stream().anyMatch(request -> {
            try {
                return !parse.apply(request).equals(expected);
            } catch (Failure.Invalid refused) {
                return true;
            }
        });
    }

    private void walk(String path, Message at, Function<Message, Message> whole, List<Change> changes) {
        Descriptor type = at.getDescriptorForType();
        for (FieldDescriptor field : type.getFields()) {
            String name = path + "." + field.getName();
            walked.add(name);
            boolean isFilled = field.isRepeated() ? at.getRepeatedFieldCount(field) > 0 : isSet(at, field);
            boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField();
            if (isMessage && isFilled) {
                Message inner = (Message) (field.isRepeated() ? at.getRepeatedField(field, 0) : at.getField(field));
                walk(name, inner, changed -> whole.apply(with(at, field, changed)), changes);
            } else {
                List<Message> requests = values(at, field).stream()
                        .map(value -> whole.apply(with(at, field, value)))
                        .toList();
                changes.add(new Change(name, requests));
                intoUnset(name, at, field, whole, changes);
            }
        }
    }

    /** Below a message that the base leaves out, and that is not refused as such, its fields count one by one. */
    private void intoUnset(
            String name, Message at, FieldDescriptor field, Function<Message, Message> whole, List<Change> changes) {
        boolean isPlainMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated();
        boolean isSettled = IGNORED.containsKey(name) || REFUSED_WHOLE.contains(field.getName());
        if (isPlainMessage && !isSettled) {
            changes.removeLast();
            Message empty = at.newBuilderForType().newBuilderForField(field).build();
            walk(name, empty, changed -> whole.apply(with(at, field, changed)), changes);
        }
    }

    private static final Set<String> REFUSED_WHOLE = Set.of("userns_options", "image");

    private static boolean isSet(Message at, FieldDescriptor field) {
        return field.hasPresence() && at.hasField(field);
    }

    private static Message with(Message at, FieldDescriptor field, Object value) {
        Message.Builder changed = at.toBuilder();
        if (!field.isRepeated()) {
            return changed.setField(field, value).build();
        }
        if (at.getRepeatedFieldCount(field) > 0 && value instanceof Message && !field.isMapField()) {
            return changed.setRepeatedField(field, 0, value).build();
        }
        return changed.addRepeatedField(field, value).build();
    }

    private static List<Object> values(Message at, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> List.of("zzz", "/zzz");
            case INT, LONG -> numbers(field);
            case BOOLEAN -> List.of(field.isRepeated() || !(Boolean) at.getField(field));
            case BYTE_STRING -> List.of(ByteString.copyFromUtf8("zzz"));
            case ENUM -> others(at, field);
            case MESSAGE -> List.of(message(at, field));
            case FLOAT, DOUBLE -> List.of(7.0);
        };
    }

    private static List<Object> numbers(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.INT ? List.of(7) : List.of(7L);
    }

    private static List<Object> others(Message at, FieldDescriptor field) {
        List<Object> others = new ArrayList<>();
        for (EnumValueDescriptor value : field.getEnumType().getValues()) {
            if (!value.equals(at.getField(field))) {
                others.add(value);
            }
        }
        return others;
    }

    private static Message message(Message at, FieldDescriptor field) {
        Message.Builder entry = at.newBuilderForType().newBuilderForField(field);
        if (field.isMapField()) {
            field.getMessageType().getFields().forEach(part -> entry.setField(part, "zzz"));
        }
        return entry.build();
    }
}
