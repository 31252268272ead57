package io.holdfast.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PieceStreamTest {
    @Test
    void whatGoesInComesOutWhateverThePieces() throws Exception {
        PieceStream stream = new PieceStream();
        Random random = new Random(7);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                received.complete(stream.readAllBytes());
            } catch (IOException failed) {
                received.completeExceptionally(failed);
            }
        });
        for (int i = 0; i < 200; i++) {
            byte[] piece = new byte[random.nextInt(5000)];
            random.nextBytes(piece);
            sent.writeBytes(piece);
            stream.put(piece);
        }
        stream.end();

        assertThat(received.get()).isEqualTo(sent.toByteArray());
    }

    @Test
    void anEndIsAnEndHoweverOftenItIsAskedFor() throws IOException {
        PieceStream stream = new PieceStream();
        stream.end();

        assertThat(stream.read()).isEqualTo(-1);
        assertThat(stream.read()).isEqualTo(-1);
    }

    @Test
    void anArchiveThatBreaksOffIsNoArchive() {
        PieceStream stream = new PieceStream();
        stream.put(new byte[] {1});
        stream.breakOff();

        assertThatThrownBy(stream::readAllBytes).isInstanceOf(IOException.class).hasMessageContaining("broke off");
    }

    @Test
    void aReaderThatHasEnoughLetsTheWriterGoOn() {
        PieceStream stream = new PieceStream();
        stream.close();
        for (int i = 0; i < 20; i++) {
            stream.put(new byte[] {1});
        }
        stream.end();
    }
}
