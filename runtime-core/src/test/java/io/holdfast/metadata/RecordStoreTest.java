package io.holdfast.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.linux.Kernel;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
    sealed interface Shape {
        record Round(int radius) implements Shape {}

        record Square(Optional<String> name, List<Shape> inside) implements Shape {}

        record Nothing() implements Shape {}
    }

    record Thing(String name, Instant at, Shape shape, OptionalInt count, Map<String, String> labels, byte[] bytes) {}

    @TempDir
    Path directory;

    @Test
    void aRecordComesBackAsItWasAfterTheDatabaseWasOpenedAgain() {
        Shape shape = new Shape.Square(Optional.of("s"), List.of(new Shape.Round(1), new Shape.Nothing()));
        Thing thing = new Thing(
                "a",
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                shape,
                OptionalInt.of(3),
                Map.of("k", "v"),
                new byte[] {1});
        try (Database database = open()) {
            database.records("things", Thing.class).put("1", thing);
        }
        try (Database database = open()) {
            Thing read =
                    database.records("things", Thing.class).load().records().get("1");
            assertThat(read).usingRecursiveComparison().isEqualTo(thing);
        }
    }

    @Test
    void aRecordThatCannotBeReadIsNamedAndTheOthersAreThere() {
        try (Database database = open()) {
            database.records("things", Shape.Round.class).put("1", new Shape.Round(1));
            database.records("things", String.class).put("2", "no shape");
            var loaded = database.records("things", Shape.Round.class).load();
            assertThat(loaded.records()).containsOnlyKeys("1");
            assertThat(loaded.unreadable()).containsExactly("2");
        }
    }

    @Test
    void pathsAreTheSameWhateverIsInThemAndWhateverIsThere() {
        try (Database database = open()) {
            RecordStore<Path> paths = database.records("paths", Path.class);
            List<Path> all = List.of(Path.of("/a:b/c d/%41#é"), directory, Path.of("/"), Path.of("/file:"));
            all.forEach(path -> paths.put(path.toString(), path));
            assertThat(paths.load().records())
                    .hasSize(4)
                    .allSatisfy((text, path) -> assertThat(path).isEqualTo(Path.of(text)));

            database.records("paths", String.class).put("1", "file:///as/of%20old/");
            assertThat(paths.load().records()).containsEntry("1", Path.of("/as/of old"));
        }
    }

    @Test
    void aDeletedRecordIsGone() {
        try (Database database = open()) {
            RecordStore<Shape> shapes = database.records("shapes", Shape.class);
            shapes.put("1", new Shape.Round(1));
            shapes.delete("1");
            shapes.delete("1");
            assertThat(shapes.load().records()).isEmpty();
        }
    }

    @Test
    void aDamagedDatabaseIsKeptAsideAndANewOneBegun() throws Exception {
        Files.writeString(
                directory.resolve("db"), "this is not a database, and long enough to be taken for none".repeat(100));
        try (Database database = open()) {
            assertThat(database.setAside())
                    .hasValueSatisfying(aside -> assertThat(aside).exists());
            assertThat(database.records("shapes", Shape.class).load().records()).isEmpty();
        }
    }

    @Test
    void aDatabaseThatAFullDiskKeepsFromBeingOpenedIsLeftAsItIs() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Kernel kernel = new Kernel();
        kernel.mount("tmpfs", disk, "tmpfs", 0, "size=1m");
        try {
            Path file = disk.resolve("db");
            try (Database database = open(file)) {
                database.records("shapes", Shape.class).put("1", new Shape.Round(1));
            }
            Path filler = fill(disk);
            assertThatThrownBy(() -> open(file)).isInstanceOf(Failure.Unavailable.class);
            try (var left = Files.list(disk)) {
                assertThat(left)
                        .contains(file)
                        .noneMatch(path -> path.toString().contains("damaged"));
            }

            Files.delete(filler);
            try (Database database = open(file)) {
                assertThat(database.setAside()).isEmpty();
                assertThat(database.records("shapes", Shape.class).load().records())
                        .containsOnlyKeys("1");
            }
        } finally {
            kernel.unmount(disk);
        }
    }

    @Test
    void whatAFullDiskRefusedIsWrittenOnceThereIsRoom() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Kernel kernel = new Kernel();
        kernel.mount("tmpfs", disk, "tmpfs", 0, "size=1m");
        try (Database database = open(disk.resolve("db"))) {
            RecordStore<String> texts = database.records("texts", String.class);
            texts.put("1", "before");
            Path filler = fill(disk);
            assertThatThrownBy(() -> texts.put("2", "x".repeat(1 << 17))).hasMessageContaining("disk");
            assertThat(texts.load().records()).containsOnlyKeys("1");

            Files.delete(filler);
            texts.put("2", "after");
            texts.delete("1");
            assertThat(texts.load().records()).containsEntry("2", "after").hasSize(1);
        } finally {
            kernel.unmount(disk);
        }
    }

    private static Path fill(Path disk) throws IOException {
        Path filler = disk.resolve("filler");
        try (OutputStream file = Files.newOutputStream(filler)) {
            byte[] page = new byte[4096];
            while (true) {
                file.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
            return filler;
        }
    }

    private Database open() {
        return open(directory.resolve("db"));
    }

    private static Database open(Path file) {
        return Database.open(file, Failpoints.none());
    }
}
