package io.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReadAheadTest {
    private static final byte[] BYTES = new byte[3_000_001];

    static {
        new Random(3).nextBytes(BYTES);
    }

    @Test
    void allBytesComeInOrder() throws IOException {
        for (int length : new int[] {0, 1, 131_072, BYTES.length}) {
            try (InputStream ahead = new ReadAhead(() -> new ByteArrayInputStream(BYTES, 0, length), "test")) {
                byte[] read = ahead.readAllBytes();
                assertThat(read).isEqualTo(java.util.Arrays.copyOf(BYTES, length));
                assertThat(ahead.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aFailureComesAfterWhatWasReadBeforeIt() throws IOException {
        InputStream failing = new SequenceInputStream(new ByteArrayInputStream(BYTES), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("torn");
            }
        });
        try (InputStream ahead = new ReadAhead(() -> failing, "test")) {
            assertThat(ahead.readNBytes(2_000_000)).hasSize(2_000_000);
            assertThatThrownBy(ahead::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasMessage("torn");
        }
        try (InputStream ahead = new ReadAhead(
                () -> {
                    throw new Failure.Broken("no such thing");
                },
                "test")) {
            assertThatThrownBy(ahead::read).isInstanceOf(Failure.Broken.class);
        }
    }

    @Test
    void closingEndsTheThreadAndTheStream() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        InputStream ahead = new ReadAhead(() -> endless, "test");
        assertThat(ahead.read()).isZero();
        ahead.close();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
