package io.holdfast.content;

import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Content on its way in. One writer appends; any number of readers follow it from its first byte and wait for what has
 * not come yet. What is there of it stays when it is closed, so that the next one goes on at {@link #offset}.
 *
 * <p>Readers see bytes before the digest is checked: what they make of them must not become visible unless
 * {@link #verify} passed.
 */
public final class Ingest implements AutoCloseable {
    private static final int BUFFER = 256 << 10;

    private final Descriptor descriptor;
    private final Path path;
    private final FileChannel file;
    private final Turns.Turn turn;
    private final Failpoints failpoints;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private MessageDigest hash;
    private long offset;
    private boolean verified;
    private Optional<String> broken = Optional.empty();

    private Ingest(Path path, Descriptor descriptor, FileChannel file, Turns.Turn turn, Failpoints failpoints) {
        this.descriptor = descriptor;
        this.path = path;
        this.file = file;
        this.turn = turn;
        this.failpoints = failpoints;
        this.hash = descriptor.digest().hasher();
    }

    static Ingest open(Path path, Descriptor descriptor, Turns.Turn turn, Failpoints failpoints) throws IOException {
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            Ingest ingest = new Ingest(path, descriptor, file, turn, failpoints);
            ingest.resume();
            return ingest;
        } catch (IOException | RuntimeException failed) {
            file.close();
            throw failed;
        }
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    /** How many bytes are there already: where the writer goes on. */
    public long offset() {
        lock.lock();
        try {
            return offset;
        } finally {
            lock.unlock();
        }
    }

    public boolean whole() {
        return offset() == descriptor.size();
    }

    /** Adds bytes at the end. More than the descriptor's size is refused. */
    public void append(byte[] bytes, int length) {
        if (length > descriptor.size() - offset()) {
            throw new Failure.Broken(descriptor.digest() + ": more bytes came than the " + descriptor.size()
                    + " that were announced; they were not used");
        }
        failpoints.pass("write.ingest.before");
        write(ByteBuffer.wrap(bytes, 0, length));
        hash.update(bytes, 0, length);
        lock.lock();
        try {
            offset += length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        failpoints.pass("write.ingest.after");
    }

    /** Checks the digest of the whole. What has another one is thrown away, and its readers fail. */
    public void verify(String from) {
        Digest found = Digest.finished(descriptor.digest().algorithm(), hash.digest());
        if (!whole() || !found.equals(descriptor.digest())) {
            String why = "content from " + from + " is not " + descriptor.digest() + " as promised but " + found
                    + "; it was not used";
            startOver(why);
            throw new Failure.Broken(why);
        }
        lock.lock();
        try {
            verified = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the readers that no more will come; what was verified they can still read. */
    public void end() {
        lock.lock();
        try {
            if (!verified && broken.isEmpty()) {
                broken = Optional.of("the download ended after " + offset + " of " + descriptor.size() + " bytes");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The content from its first byte; ends once it is whole and verified. To be closed before the ingest is. */
    public InputStream follow() {
        return new Follower(this);
    }

    /** Lets the next one have it. The bytes stay. */
    @Override
    public void close() {
        end();
        try {
            file.close();
        } catch (IOException failed) {
            throw new Failure.Broken("closing " + path + ": " + failed.getMessage(), failed);
        } finally {
            turn.close();
        }
    }

    /** Reads at a position, waiting for it to come; -1 at the verified end. */
    int read(byte[] into, int start, int length, long position) throws IOException {
        long there = await(position);
        if (there == position) {
            return -1;
        }
        int most = (int) Math.min(length, there - position);
        return file.read(ByteBuffer.wrap(into, start, most), position);
    }

    /** How far can be read: beyond {@code position}, or just it at the verified end. */
    private long await(long position) throws IOException {
        lock.lock();
        try {
            while (broken.isEmpty() && !verified && offset <= position) {
                changed.await();
            }
            if (broken.isPresent()) {
                throw new IOException(broken.get());
            }
            return offset;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + descriptor.digest(), interrupted);
        } finally {
            lock.unlock();
        }
    }

    private void resume() throws IOException {
        if (file.size() > descriptor.size()) {
            file.truncate(0);
        }
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (file.read(buffer, offset) > 0) {
            offset += buffer.position();
            hash.update(buffer.flip());
            buffer.clear();
        }
    }

    private void startOver(String why) {
        lock.lock();
        try {
            broken = Optional.of(why);
            changed.signalAll();
            file.truncate(0);
            offset = 0;
            hash = descriptor.digest().hasher();
        } catch (IOException failed) {
            throw new Failure.Broken("truncating " + path + ": " + failed.getMessage(), failed);
        } finally {
            lock.unlock();
        }
    }

    private void write(ByteBuffer bytes) {
        try {
            long position = offset();
            while (bytes.hasRemaining()) {
                position += file.write(bytes, position);
            }
        } catch (IOException failed) {
            throw new Failure.Broken("writing " + path + ": " + failed.getMessage() + "; is the disk full?", failed);
        }
    }
}
