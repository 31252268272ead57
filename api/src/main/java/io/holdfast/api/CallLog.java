package io.holdfast.api;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * What stands round every call: its deadline becomes the work's, log lines under it carry its name and what it is about,
 * and its end is told once, at warn where it failed. Requests themselves are never logged: they may carry credentials.
 */
public final class CallLog implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);
    private static final int SHORT_ID = 13;
    private static final String RPC = "rpc";
    private static final String ABOUT = "about";

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Told<Q, R> told = new Told<>(call);
        return new Bound<>(next.startCall(told, headers), told);
    }

    /** Tells how the call ended. */
    private static final class Told<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final String name = getMethodDescriptor().getBareMethodName();
        private final long began = System.nanoTime();
        private volatile String about = "";

        Told(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            try (var _ = MDC.putCloseable(RPC, name);
                    var _ = MDC.putCloseable(ABOUT, about)) {
                tell(status, millis);
            }
            super.close(status, trailers);
        }

        private static void tell(Status status, long millis) {
            switch (status.getCode()) {
                case OK, NOT_FOUND, UNIMPLEMENTED -> LOG.debug("{} in {} ms", status.getCode(), millis);
                case INTERNAL, UNKNOWN ->
                    LOG.warn("failed in {} ms: {}", millis, status.getDescription(), status.getCause());
                default -> LOG.warn("failed in {} ms: {}: {}", millis, status.getCode(), status.getDescription());
            }
        }

        /** The request says which sandbox or container it is about. */
        void about(Object request) {
            if (request instanceof Message message) {
                about = id(message, "container_id") + id(message, "pod_sandbox_id");
            }
        }

        private static String id(Message message, String name) {
            FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
            if (field == null || field.getJavaType() != FieldDescriptor.JavaType.STRING) {
                return "";
            }
            String id = ((String) message.getField(field)).replaceAll("[^A-Za-z0-9_.-]", "?");
            return id.substring(0, Math.min(SHORT_ID, id.length()));
        }
    }

    /** Runs everything that the call sets off under its deadline and with its log context. */
    private static final class Bound<Q, R> extends SimpleForwardingServerCallListener<Q> {
        private static final Duration NO_DEADLINE = Duration.ofHours(24);
        private final Told<Q, R> call;

        Bound(ServerCall.Listener<Q> listener, Told<Q, R> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            call.about(message);
            bound(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            bound(super::onHalfClose);
        }

        private void bound(Runnable work) {
            Deadline deadline = Context.current().getDeadline();
            Duration left = deadline == null
                    ? NO_DEADLINE
                    : Duration.ofNanos(Math.max(1, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
            MDC.put(RPC, call.name);
            MDC.put(ABOUT, call.about);
            try {
                io.holdfast.work.Deadline.within(left, done(work));
            } finally {
                MDC.clear();
            }
        }

        private static Supplier<Boolean> done(Runnable work) {
            return () -> {
                work.run();
                return true;
            };
        }
    }
}
