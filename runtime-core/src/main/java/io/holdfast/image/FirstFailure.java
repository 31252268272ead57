package io.holdfast.image;

import java.util.concurrent.atomic.AtomicReference;

/** The failure that ends a pull, told to all who work on it, so that nobody goes on in vain. */
final class FirstFailure {
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

    RuntimeException noted(RuntimeException thrown) {
        failure.compareAndSet(null, thrown);
        return thrown;
    }

    /** Throws it if there is one. */
    void check() {
        RuntimeException thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
    }
}
