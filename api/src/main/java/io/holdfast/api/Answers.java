package io.holdfast.api;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.holdfast.work.Failure;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/** Ends a call with the result of its work, or with the status of what went wrong. */
final class Answers {
    private static final int PIECE = 500;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);

    private Answers() {}

    static <R> void one(StreamObserver<R> reply, Supplier<R> work) {
        R answer;
        try {
            answer = work.get();
        } catch (RuntimeException | StackOverflowError thrown) {
            reply.onError(StatusOf.thrown(thrown));
            return;
        }
        reply.onNext(answer);
        reply.onCompleted();
    }

    /** A call whose success says nothing more. */
    static <R> void done(StreamObserver<R> reply, R answer, Runnable work) {
        one(reply, () -> {
            work.run();
            return answer;
        });
    }

    /** For stop and remove: what does not exist is stopped and removed. */
    static <R> void gone(StreamObserver<R> reply, R answer, Runnable work) {
        one(reply, () -> {
            try {
                work.run();
            } catch (Failure.NotFound absent) {
                return answer;
            }
            return answer;
        });
    }

    /** A list in pieces. A reader that stands still holds one piece, and after a minute the call ends. */
    static <T, R> void pieces(StreamObserver<R> reply, Supplier<List<T>> work, Function<List<T>, R> piece) {
        ServerCallStreamObserver<R> stream = (ServerCallStreamObserver<R>) reply;
        try {
            List<T> all = work.get();
            for (int at = 0; at < all.size(); at += PIECE) {
                awaitReader(stream);
                stream.onNext(piece.apply(all.subList(at, Math.min(all.size(), at + PIECE))));
            }
        } catch (RuntimeException thrown) {
            stream.onError(StatusOf.thrown(thrown));
            return;
        }
        stream.onCompleted();
    }

    static void later(StreamObserver<?> reply, String what) {
        reply.onError(Status.UNIMPLEMENTED
                .withDescription(what + " is not part of this version of Holdfast")
                .asRuntimeException());
    }

    /** gRPC tells readiness by a callback that cannot come while this very thread is in the call. */
    private static void awaitReader(ServerCallStreamObserver<?> stream) {
        long end = System.nanoTime() + PATIENCE;
        while (!stream.isReady() && !stream.isCancelled()) {
            if (System.nanoTime() - end > 0) {
                throw new Failure.TimedOut("the caller has read nothing for a minute");
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }
}
