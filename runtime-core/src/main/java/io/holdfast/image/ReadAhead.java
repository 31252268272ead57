package io.holdfast.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Reads a stream on a thread of its own, a few pieces ahead: a layer is inflated on one core while it is written out on
 * another. The thread opens the stream and closes it; it ends with the stream, with this one's close, or with a failure,
 * which the reader gets after what was read before it.
 */
final class ReadAhead extends InputStream {
    private static final int PIECE = 128 << 10;
    private static final int PIECES = 8;

    /** Opens what is to be read. */
    interface Source {
        InputStream open() throws IOException;
    }

    /** The first bytes of an array, or the end: with a failure or without. */
    private record Piece(byte[] bytes, int length, boolean end, Optional<Throwable> failure) {
        static Piece end(Optional<Throwable> failure) {
            return new Piece(new byte[0], 0, true, failure);
        }
    }

    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES);
    /** Arrays that have been read: they go round, since a layer is thousands of pieces. */
    private final BlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(PIECES);

    private volatile boolean closed;
    private Piece current = new Piece(new byte[0], 0, false, Optional.empty());
    private int position;

    ReadAhead(Source source, String name) {
        Thread.ofPlatform().daemon().name(name).start(() -> run(source));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int start, int length) throws IOException {
        while (position == current.length() && !current.end()) {
            Piece read = current;
            current = next();
            position = 0;
            giveBack(read.bytes());
        }
        if (current.end()) {
            throwFailure();
            return -1;
        }
        int count = Math.min(length, current.length() - position);
        System.arraycopy(current.bytes(), position, into, start, count);
        position += count;
        return count;
    }

    /** Does not wait for the thread, which ends at its next piece. */
    @Override
    public void close() {
        closed = true;
        pieces.clear();
    }

    private Piece next() throws IOException {
        try {
            return pieces.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading a layer", interrupted);
        }
    }

    private void throwFailure() throws IOException {
        if (current.failure().isEmpty()) {
            return;
        }
        switch (current.failure().get()) {
            case IOException failed -> throw new IOException(failed.getMessage(), failed);
            case RuntimeException failed -> throw failed;
            case Throwable failed -> throw new IOException(failed.toString(), failed);
        }
    }

    private void run(Source source) {
        Piece end = Piece.end(Optional.empty());
        try (InputStream stream = source.open()) {
            Piece piece = fill(stream);
            while (piece.length() > 0 && !closed) {
                put(piece);
                piece = fill(stream);
            }
        } catch (Throwable failed) {
            end = Piece.end(Optional.of(failed));
        }
        put(end);
    }

    private Piece fill(InputStream stream) throws IOException {
        byte[] bytes = Optional.ofNullable(spare.poll()).orElseGet(() -> new byte[PIECE]);
        return new Piece(bytes, stream.readNBytes(bytes, 0, PIECE), false, Optional.empty());
    }

    /** The very first piece is empty, and none is needed where there are enough. */
    private void giveBack(byte[] bytes) {
        if (bytes.length == PIECE) {
            spare.offer(bytes);
        }
    }

    /** Once closed, nobody takes any: the queue is then emptied here. */
    private void put(Piece piece) {
        try {
            while (!pieces.offer(piece, 1, java.util.concurrent.TimeUnit.SECONDS)) {
                if (closed) {
                    pieces.clear();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody interrupts this thread but the end of the process
        }
    }
}
