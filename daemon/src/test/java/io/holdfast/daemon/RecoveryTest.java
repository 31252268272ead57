package io.holdfast.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Kernel;
import io.holdfast.work.Failpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest {
    @TempDir
    private Path directory;

    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    @Test
    void theGateOpensOnceAllIsTakenUp() {
        recover();
        assertThat(done).hasValue(1);
        assertThat(lost).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sandboxes", "containers"})
    void recordsThatCannotBeReadOpenNoGate(String table) throws Exception {
        database("CREATE TABLE " + table + " (id TEXT PRIMARY KEY, version INTEGER NOT NULL, xml TEXT NOT NULL)");
        recover();
        assertThat(done).hasValue(0);
        assertThat(lost).hasValue(1);
    }

    @Test
    void oneRecordThatCannotBeReadIsNamedAndKeepsNothingElse() throws Exception {
        String id = "5a".repeat(32);
        database(
                "CREATE TABLE sandboxes (id TEXT PRIMARY KEY, version INTEGER NOT NULL, json TEXT NOT NULL)",
                "INSERT INTO sandboxes VALUES ('" + id + "', 99, '{}')");
        try (Wiring wiring = wiring()) {
            new Recovery(wiring.owners(), done::incrementAndGet, _ -> lost.incrementAndGet()).run();
            assertThat(done).hasValue(1);
            assertThat(wiring.owners().sandboxes().unreadable()).containsExactly(id);
        }
    }

    private void recover() {
        try (Wiring wiring = wiring()) {
            new Recovery(wiring.owners(), done::incrementAndGet, _ -> lost.incrementAndGet()).run();
        }
    }

    private Wiring wiring() {
        return new Wiring(RunningDaemon.config(directory), new Kernel(), Failpoints.none());
    }

    private void database(String... statements) throws Exception {
        Path root = Files.createDirectories(directory.resolve("root"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + root.resolve("holdfast.db"));
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }
}
