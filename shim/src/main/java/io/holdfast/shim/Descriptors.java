package io.holdfast.shim;

import io.holdfast.linux.Kernel;
import java.util.LinkedHashSet;
import java.util.Set;

/** Descriptors that belong together: each is closed once, at the latest with all others. Not for several threads. */
final class Descriptors implements AutoCloseable {
    private final Kernel kernel;
    private final Set<Integer> open = new LinkedHashSet<>();

    Descriptors(Kernel kernel) {
        this.kernel = kernel;
    }

    /** A pipe: what is written to one end is read from the other. */
    record Pipe(int readEnd, int writeEnd) {}

    Pipe pipe() {
        var ends = kernel.pipe();
        return new Pipe(own(ends.getFirst()), own(ends.getLast()));
    }

    /** A file in memory that grows as it is written. */
    int memoryFile(String name, byte[] content) {
        return own(kernel.memoryFile(name, content));
    }

    int own(int descriptor) {
        open.add(descriptor);
        return descriptor;
    }

    void close(int descriptor) {
        if (open.remove(descriptor)) {
            kernel.close(descriptor);
        }
    }

    @Override
    public void close() {
        open.forEach(kernel::close);
        open.clear();
    }
}
