package io.holdfast.shim;

import io.holdfast.linux.Kernel;
import java.util.List;

/** A pipe whose ends are closed one by one, each once. Not for several threads. */
final class Pipe implements AutoCloseable {
    private static final int CLOSED = -1;

    private final Kernel kernel;
    private int readEnd;
    private int writeEnd;

    Pipe(Kernel kernel) {
        this.kernel = kernel;
        List<Integer> ends = kernel.pipe();
        this.readEnd = ends.getFirst();
        this.writeEnd = ends.getLast();
    }

    int readEnd() {
        return readEnd;
    }

    int writeEnd() {
        return writeEnd;
    }

    void closeRead() {
        if (readEnd != CLOSED) {
            kernel.close(readEnd);
            readEnd = CLOSED;
        }
    }

    void closeWrite() {
        if (writeEnd != CLOSED) {
            kernel.close(writeEnd);
            writeEnd = CLOSED;
        }
    }

    @Override
    public void close() {
        closeRead();
        closeWrite();
    }
}
