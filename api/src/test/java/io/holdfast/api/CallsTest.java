package io.holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.RuntimeServiceGrpc;
import io.holdfast.work.Deadline;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What stands round every call, with calls of the test's own in the middle. */
class CallsTest {
    private static final Duration FAR = Duration.ofDays(1);

    private final Logger log = (Logger) LoggerFactory.getLogger(CallLog.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws IOException {
        server = InProcessServerBuilder.forName("calls")
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(new Odd())
                .intercept(new CallLog())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName("calls").build();
        log.setLevel(Level.DEBUG);
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void stop() throws InterruptedException {
        log.detachAppender(logged);
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    @Test
    void theCallersDeadlineIsTheWorks() {
        String left = runtime()
                .withDeadlineAfter(3, TimeUnit.SECONDS)
                .version(Cri.VersionRequest.getDefaultInstance())
                .getVersion();

        assertThat(Duration.parse(left)).isBetween(Duration.ofMillis(1), Duration.ofSeconds(3));
    }

    @Test
    void aFailureIsToldOnceWithTheCallAndWhatItIsAbout() {
        assertThatThrownBy(() -> runtime()
                        .startContainer(Cri.StartContainerRequest.newBuilder()
                                .setContainerId("0123456789abcdef\n")
                                .build()))
                .hasMessage("FAILED_PRECONDITION: not now");

        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).contains("FAILED_PRECONDITION: not now");
            assertThat(event.getMDCPropertyMap())
                    .containsEntry("rpc", "StartContainer")
                    .containsEntry("about", "0123456789abc");
        });
    }

    @Test
    void anErrorOfOursIsLoggedWithItsCauseUnderTheReferenceThatTheCallerGot() {
        assertThatThrownBy(() -> runtime().status(Cri.StatusRequest.getDefaultInstance()))
                .hasMessageContaining("INTERNAL: an error of Holdfast itself");

        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).contains("its log has it as");
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("a bug");
        });
    }

    @Test
    void whatIsNotThereIsGone() {
        runtime()
                .removeContainer(Cri.RemoveContainerRequest.newBuilder()
                        .setContainerId("a")
                        .build());
    }

    @Test
    void aListComesInPiecesAndWhole() {
        List<Integer> sizes = new ArrayList<>();
        runtime()
                .streamContainers(Cri.StreamContainersRequest.getDefaultInstance())
                .forEachRemaining(piece -> sizes.add(piece.getContainersCount()));

        assertThat(sizes).containsExactly(500, 500, 234);
    }

    private RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime() {
        return RuntimeServiceGrpc.newBlockingStub(channel);
    }

    private static final class Odd extends RuntimeServiceGrpc.RuntimeServiceImplBase {
        @Override
        public void version(Cri.VersionRequest request, StreamObserver<Cri.VersionResponse> reply) {
            Answers.one(
                    reply,
                    () -> Cri.VersionResponse.newBuilder()
                            .setVersion(Deadline.remaining(FAR).toString())
                            .build());
        }

        @Override
        public void startContainer(
                Cri.StartContainerRequest request, StreamObserver<Cri.StartContainerResponse> reply) {
            Answers.done(reply, Cri.StartContainerResponse.getDefaultInstance(), () -> {
                throw new Failure.WrongState("not now");
            });
        }

        @Override
        public void status(Cri.StatusRequest request, StreamObserver<Cri.StatusResponse> reply) {
            Answers.one(reply, () -> {
                throw new IllegalStateException("a bug");
            });
        }

        @Override
        public void removeContainer(
                Cri.RemoveContainerRequest request, StreamObserver<Cri.RemoveContainerResponse> reply) {
            Answers.gone(reply, Cri.RemoveContainerResponse.getDefaultInstance(), () -> {
                throw new Failure.NotFound("container a");
            });
        }

        @Override
        public void streamContainers(
                Cri.StreamContainersRequest request, StreamObserver<Cri.StreamContainersResponse> reply) {
            Answers.pieces(
                    reply,
                    () -> IntStream.range(0, 1234)
                            .mapToObj(i ->
                                    Cri.Container.newBuilder().setId("c" + i).build())
                            .toList(),
                    Lists::containerPiece);
        }
    }
}
