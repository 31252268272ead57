package io.holdfast.daemon;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds back calls about sandboxes and containers, and what they hold, until all of before the start are taken up again: a
 * list that is not whole yet would read as pods that are gone.
 */
final class RecoveryGate implements ServerInterceptor {
    private static final String GATED = "runtime.v1.RuntimeService";
    private static final String HOLDS = "holdfast.v1.Admin/Holds";
    private static final Set<String> OPEN = Set.of("Version", "Status", "RuntimeConfig", "UpdateRuntimeConfig");
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long ANSWER_MILLIS = 50;

    private final CountDownLatch recovered = new CountDownLatch(1);

    void open() {
        recovered.countDown();
    }

    boolean isOpen() {
        return recovered.getCount() == 0;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (isOpen() || !isGated(call) || awaited()) {
            return next.startCall(call, headers);
        }
        call.close(
                Status.UNAVAILABLE.withDescription(
                        "Holdfast has just started and is still taking up the pods of before"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static boolean isGated(ServerCall<?, ?> call) {
        MethodDescriptor<?, ?> method = call.getMethodDescriptor();
        return HOLDS.equals(method.getFullMethodName())
                || GATED.equals(method.getServiceName()) && !OPEN.contains(method.getBareMethodName());
    }

    /** Leaves the call time to be told. */
    private boolean awaited() {
        Deadline deadline = Context.current().getDeadline();
        long left = deadline == null ? PATIENCE_MILLIS : deadline.timeRemaining(TimeUnit.MILLISECONDS) - ANSWER_MILLIS;
        try {
            return recovered.await(Math.clamp(left, 0, PATIENCE_MILLIS), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
