package io.holdfast.runtime.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Our cri.proto, as the compiler understood it, says the same as the published descriptor: nothing less, nothing more. */
class CriContractTest {
    private static final FileDescriptorProto OURS = Cri.getDescriptor().toProto();

    @Test
    void thePackageAndSyntaxAreThePublishedOnes() throws IOException {
        assertThat(OURS.getPackage()).isEqualTo(published().getPackage());
        assertThat(OURS.getSyntax()).isEqualTo(published().getSyntax());
    }

    @Test
    void everyFieldOfEveryMessageIsTheSameInNameNumberTypeAndLabel() throws IOException {
        assertThat(fields(OURS)).isEqualTo(fields(published())).hasSizeGreaterThan(500);
    }

    @Test
    void everyEnumHasTheSameValues() throws IOException {
        assertThat(enums(OURS)).isEqualTo(enums(published())).hasSizeGreaterThan(80);
    }

    @Test
    void everyCallHasTheSameRequestReplyAndStreaming() throws IOException {
        assertThat(calls(OURS)).isEqualTo(calls(published())).hasSize(43);
    }

    private static FileDescriptorProto published() throws IOException {
        try (InputStream bytes = CriContractTest.class.getResourceAsStream("/cri-v1.binpb")) {
            return FileDescriptorSet.parseFrom(bytes).getFileList().stream()
                    .filter(file -> file.getPackage().equals("runtime.v1"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A line a field, and a line a message, so that an empty message counts. */
    private static Set<String> fields(FileDescriptorProto file) {
        return file.getMessageTypeList().stream()
                .flatMap(message -> fields("." + file.getPackage(), message))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> fields(String scope, DescriptorProto message) {
        String name = scope + "." + message.getName();
        Stream<String> own = message.getFieldList().stream().map(field -> name + line(field));
        Stream<String> nested = message.getNestedTypeList().stream().flatMap(inner -> fields(name, inner));
        String self =
                name + " map-entry=" + message.getOptions().getMapEntry() + " oneofs=" + message.getOneofDeclCount();
        return Stream.concat(Stream.of(self), Stream.concat(own, nested));
    }

    private static String line(FieldDescriptorProto field) {
        return " " + field.getNumber() + " " + field.getName() + " " + field.getLabel() + " " + field.getType() + " "
                + field.getTypeName() + " deprecated="
                + field.getOptions().getDeprecated() + " optional=" + field.getProto3Optional();
    }

    private static Set<String> enums(FileDescriptorProto file) {
        Stream<String> top = file.getEnumTypeList().stream().flatMap(type -> values("", type));
        Stream<String> nested = file.getMessageTypeList().stream()
                .flatMap(message ->
                        message.getEnumTypeList().stream().flatMap(type -> values(message.getName() + ".", type)));
        return Stream.concat(top, nested).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> values(String scope, EnumDescriptorProto type) {
        return type.getValueList().stream()
                .map(value -> scope + type.getName() + " " + value.getNumber() + " " + value.getName());
    }

    private static Set<String> calls(FileDescriptorProto file) {
        return file.getServiceList().stream()
                .flatMap(service ->
                        service.getMethodList().stream().map(method -> service.getName() + "." + line(method)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String line(MethodDescriptorProto method) {
        return method.getName() + " " + method.getInputType() + " " + method.getClientStreaming() + " "
                + method.getOutputType() + " " + method.getServerStreaming();
    }
}
