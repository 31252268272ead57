package io.holdfast.cli;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.v1.AdminGrpc;
import io.holdfast.v1.AdminWire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings images in without a registry. */
@Command(name = "image", description = "Loads images from files.")
final class ImageCommand {
    private static final int PIECE = 256 * 1024;
    private static final long LOOK_AGAIN_NANOS = 200_000;

    @Spec
    private CommandSpec spec;

    @Command(name = "load", description = "Loads an OCI layout, or what docker save writes, from a tar file.")
    void load(
            @Mixin SocketOption socket,
            @Parameters(paramLabel = "FILE", description = "The tar file; - is the standard input.") String file)
            throws IOException {
        try (Connection daemon = socket.connect();
                InputStream archive = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            upload(daemon, archive)
                    .getImagesList()
                    .forEach(image -> spec.commandLine()
                            .getOut()
                            .println(image.getId() + " " + String.join(" ", image.getTagsList())));
        }
    }

    private static AdminWire.LoadImageResponse upload(Connection daemon, InputStream archive) throws IOException {
        Reply reply = new Reply(new CompletableFuture<>());
        var upload = (ClientCallStreamObserver<AdminWire.LoadImageRequest>)
                AdminGrpc.newStub(daemon.channel()).loadImage(reply);
        byte[] piece;
        while ((piece = archive.readNBytes(PIECE)).length > 0 && awaitRoom(upload, reply)) {
            upload.onNext(AdminWire.LoadImageRequest.newBuilder()
                    .setPiece(UnsafeByteOperations.unsafeWrap(piece))
                    .build());
        }
        if (!reply.result().isDone()) {
            upload.onCompleted();
        }
        return reply.await();
    }

    /** False once the daemon has answered before the end, which is a refusal. */
    private static boolean awaitRoom(ClientCallStreamObserver<?> upload, Reply reply) {
        while (!upload.isReady() && !reply.result().isDone()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return !reply.result().isDone();
    }

    private record Reply(CompletableFuture<AdminWire.LoadImageResponse> result)
            implements StreamObserver<AdminWire.LoadImageResponse> {
        @Override
        public void onNext(AdminWire.LoadImageResponse response) {
            result.complete(response);
        }

        @Override
        public void onError(Throwable refused) {
            result.completeExceptionally(refused);
        }

        @Override
        public void onCompleted() {}

        AdminWire.LoadImageResponse await() throws IOException {
            try {
                return result.get();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            } catch (ExecutionException refused) {
                if (refused.getCause() instanceof RuntimeException unchecked) {
                    throw unchecked;
                }
                throw new IOException(refused.getCause());
            }
        }
    }
}
