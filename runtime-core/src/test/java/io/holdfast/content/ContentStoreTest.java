package io.holdfast.content;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Deadline;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {
    private static final byte[] HELLO = "hello, world".getBytes(US_ASCII);
    private static final Descriptor DESCRIPTOR = Descriptor.of("text/plain", HELLO);

    @TempDir
    Path root;

    @Test
    void aBlobIsReadBackAlsoAfterARestart() {
        store().put(DESCRIPTOR, HELLO);
        assertThat(store().read(DESCRIPTOR.digest(), 100)).contains(HELLO);
        assertThat(store().read(DESCRIPTOR.digest(), 3)).isEmpty();
        assertThat(store().digests()).containsExactly(DESCRIPTOR.digest());
    }

    @Test
    void whatIsNotOfItsDigestOrSizeNeverBecomesABlob() {
        assertThatThrownBy(() -> store().put(DESCRIPTOR, "hello, World".getBytes(US_ASCII)))
                .isInstanceOf(Failure.Broken.class);
        assertThatThrownBy(() -> store().put(new Descriptor("", DESCRIPTOR.digest(), 5), HELLO))
                .isInstanceOf(Failure.Broken.class);
        assertThat(store().digests()).isEmpty();
    }

    @Test
    void aBlobThatADiskDamagedCountsAsAbsentAndGoes() throws IOException {
        store().put(DESCRIPTOR, HELLO);
        Path blob = root.resolve("blobs/sha256").resolve(DESCRIPTOR.digest().hex());
        for (byte[] damage : new byte[][] {new byte[0], new byte[HELLO.length]}) {
            Files.write(blob, damage);
            assertThat(store().read(DESCRIPTOR.digest(), 100)).isEmpty();
            assertThat(blob).doesNotExist();
        }
    }

    @Test
    void whatAKilledDaemonWasWritingGoesAtTheNextStart() throws IOException {
        store().put(DESCRIPTOR, HELLO);
        Path blobs = root.resolve("blobs/sha256");
        Files.write(blobs.resolve("." + DESCRIPTOR.digest().hex() + ".1f"), HELLO, StandardOpenOption.CREATE);
        Files.write(root.resolve("ingest/spool-1f"), HELLO, StandardOpenOption.CREATE);
        assertThat(store().digests()).containsExactly(DESCRIPTOR.digest());
        assertThat(blobs.toFile().list()).containsExactly(DESCRIPTOR.digest().hex());
        assertThat(root.resolve("ingest")).isEmptyDirectory();
    }

    @Test
    void anIngestGoesOnWhereTheLastOneEnded() throws IOException {
        try (Ingest ingest = store().ingest(DESCRIPTOR)) {
            ingest.append(HELLO, 5);
        }
        try (Ingest ingest = store().ingest(DESCRIPTOR)) {
            assertThat(ingest.offset()).isEqualTo(5);
            append(ingest, 5, HELLO.length);
            ingest.verify("the test");
            assertThat(ingest.follow().readAllBytes()).isEqualTo(HELLO);
        }
        assertThat(store().small(DESCRIPTOR)).isEqualTo(HELLO);
    }

    @Test
    void anIngestThatACrashDamagedIsFoundOutAndBegunAnew() throws IOException {
        try (Ingest ingest = store().ingest(DESCRIPTOR)) {
            ingest.append(HELLO, 5);
        }
        Path staged = root.resolve("ingest/sha256-" + DESCRIPTOR.digest().hex());
        Files.write(staged, new byte[5]);
        try (Ingest ingest = store().ingest(DESCRIPTOR)) {
            append(ingest, 5, HELLO.length);
            assertThatThrownBy(() -> ingest.verify("the test")).isInstanceOf(Failure.Broken.class);
            assertThat(ingest.offset()).isZero();
        }
        Files.write(staged, new byte[100]);
        try (Ingest ingest = store().ingest(DESCRIPTOR)) {
            assertThat(ingest.offset()).isZero();
        }
    }

    @Test
    void moreBytesThanAnnouncedAreRefused() {
        try (Ingest ingest = store().ingest(DESCRIPTOR)) {
            assertThatThrownBy(() -> ingest.append(new byte[13], 13)).isInstanceOf(Failure.Broken.class);
            assertThat(ingest.offset()).isZero();
        }
    }

    @Test
    void aReaderFollowsTheWriterAndEndsOnlyWhenTheDigestIsRight() throws Exception {
        try (Ingest ingest = store().ingest(DESCRIPTOR);
                InputStream reader = ingest.follow()) {
            CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> all(reader));
            ingest.append(HELLO, 5);
            append(ingest, 5, HELLO.length);
            assertThatThrownBy(() -> read.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(Exception.class);
            ingest.verify("the test");
            assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo(HELLO);
        }
    }

    @Test
    void aReaderFailsWithTheDownload() throws Exception {
        try (Ingest ingest = store().ingest(DESCRIPTOR);
                InputStream reader = ingest.follow()) {
            ingest.append(HELLO, 5);
            assertThat(reader.readNBytes(5)).hasSize(5);
            ingest.end();
            assertThatThrownBy(reader::read)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("after 5 of 12 bytes");
        }
    }

    @Test
    void theSecondIngestOfADigestWaitsForTheFirst() throws Exception {
        ContentStore store = store();
        CompletableFuture<Long> second;
        try (Ingest first = store.ingest(DESCRIPTOR)) {
            second = CompletableFuture.supplyAsync(() -> {
                try (Ingest ingest = store.ingest(DESCRIPTOR)) {
                    return ingest.offset();
                }
            });
            assertThatThrownBy(() -> Deadline.own(Duration.ofMillis(50), () -> {
                        store.ingest(DESCRIPTOR).close();
                    }))
                    .isInstanceOf(Failure.TimedOut.class);
            first.append(HELLO, HELLO.length);
        }
        assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(HELLO.length);
    }

    @Test
    void aSpoolTellsTheDigestAndStagesUnderIt() {
        ContentStore store = store();
        try (Spool spool = store.spool()) {
            Descriptor found = spool.receive(new ByteArrayInputStream(HELLO), "text/plain", 100);
            assertThat(found).isEqualTo(DESCRIPTOR);
            assertThat(store.digests()).isEmpty();
            spool.place(found.digest());
        }
        assertThat(store.small(DESCRIPTOR)).isEqualTo(HELLO);
        try (Spool spool = store.spool()) {
            assertThatThrownBy(() -> spool.receive(new ByteArrayInputStream(HELLO), "", 3))
                    .isInstanceOf(Failure.Invalid.class);
        }
        assertThat(store.usage().files()).isEqualTo(1);
    }

    @Test
    void whatACrashLeftOfASpoolIsGoneAtTheNextStart() throws IOException {
        store();
        Files.write(root.resolve("ingest/spool-1234"), HELLO);
        assertThat(store().usage().files()).isZero();
    }

    @Test
    void removingTakesAllAndIsDoneTwice() {
        ContentStore store = store();
        store.put(DESCRIPTOR, HELLO);
        store.ingest(DESCRIPTOR).close();
        store.remove(DESCRIPTOR.digest());
        store.remove(DESCRIPTOR.digest());
        assertThat(store.usage()).isEqualTo(new ContentStore.Usage(0, 0));
    }

    @Test
    void nobodyElseCanLookIn() throws IOException {
        store().put(DESCRIPTOR, HELLO);
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(path -> !path.equals(root))
                    .forEach(path -> assertThat(mode(path)).as(path.toString()).matches("rw[x-]------"));
        }
    }

    private ContentStore store() {
        return new ContentStore(root, Failpoints.none());
    }

    private static void append(Ingest ingest, int from, int to) {
        ingest.append(java.util.Arrays.copyOfRange(HELLO, from, to), to - from);
    }

    private static byte[] all(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
