package io.holdfast.api;

import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of a client's stream of messages, for a reader on another thread. A few pieces wait here at most: then the
 * writer waits, and with it the client. Neither waits for the other for ever.
 */
final class PieceStream extends InputStream {
    private static final int WAITING = 4;
    private static final long PATIENCE_SECONDS = 120;
    private static final byte[] END = new byte[0];
    private static final byte[] BROKEN = new byte[0];

    private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(WAITING);
    private volatile boolean abandoned;
    private byte[] piece = new byte[0];
    private int at;

    /** Writer's side: hands on one piece. */
    void put(byte[] next) {
        if (next.length > 0) {
            offer(next);
        }
    }

    /** Writer's side: that was the last piece. */
    void end() {
        offer(END);
    }

    /** Writer's side: there will be no more, and what has come is not all. */
    void breakOff() {
        pieces.clear();
        offer(BROKEN);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == piece.length && !next()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        return count;
    }

    /** Reader's side: what still comes is dropped, so that the writer goes on. */
    @Override
    public void close() {
        abandoned = true;
        pieces.clear();
    }

    private boolean next() throws IOException {
        if (piece == END) {
            return false;
        }
        byte[] taken = taken();
        if (taken == BROKEN) {
            throw new IOException("the client broke off in the middle of the archive");
        }
        piece = taken;
        at = 0;
        return piece != END;
    }

    private byte[] taken() throws IOException {
        try {
            byte[] taken = pieces.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (taken == null) {
                throw new IOException("the client has sent nothing for " + PATIENCE_SECONDS + " seconds");
            }
            return taken;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: the daemon is stopping", interrupted);
        }
    }

    private void offer(byte[] next) {
        try {
            if (!abandoned && !pieces.offer(next, PATIENCE_SECONDS, TimeUnit.SECONDS) && !abandoned) {
                throw new Failure.TimedOut("the archive is not read on");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable("interrupted: the daemon is stopping", interrupted);
        }
    }
}
