package io.holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.grpc.Status;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatusOfTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new Failure.NotFound("why"), Status.Code.NOT_FOUND),
                arguments(new Failure.AlreadyExists("why"), Status.Code.ALREADY_EXISTS),
                arguments(new Failure.Invalid("why"), Status.Code.INVALID_ARGUMENT),
                arguments(new Failure.WrongState("why"), Status.Code.FAILED_PRECONDITION),
                arguments(new Failure.Unavailable("why"), Status.Code.UNAVAILABLE),
                arguments(new Failure.Denied("why"), Status.Code.PERMISSION_DENIED),
                arguments(new Failure.TimedOut("why"), Status.Code.DEADLINE_EXCEEDED),
                arguments(new Failure.Broken("why"), Status.Code.INTERNAL));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureTellsItsMessageUnderItsCode(Failure failure, Status.Code code) {
        Status status = StatusOf.thrown(failure).getStatus();

        assertThat(status.getCode()).isEqualTo(code);
        assertThat(status.getDescription()).isEqualTo("why");
        assertThat(status.getCause()).isSameAs(failure);
    }

    @Test
    void aFailedReadOrWriteTellsOnWhatAndWhy() {
        UncheckedIOException full = new UncheckedIOException("writing /x", new IOException("No space left on device"));

        assertThat(StatusOf.thrown(full).getStatus().getDescription()).isEqualTo("writing /x: No space left on device");
    }

    @Test
    void anErrorOfOursTellsAReferenceAlone() {
        Status status = StatusOf.thrown(new IllegalStateException("secret")).getStatus();

        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription())
                .matches("an error of Holdfast itself; its log has it as [0-9a-f]{8}")
                .doesNotContain("secret");
    }
}
