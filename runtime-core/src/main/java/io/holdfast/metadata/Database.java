package io.holdfast.metadata;

import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The one SQLite file. WAL with synchronous=FULL: what was put is there after a power loss. A file that is damaged is
 * set aside under its name and the time, and a new one begun; the owners then rebuild what the kernel still knows. One
 * that only cannot be opened now, for want of disk or descriptors say, is left as it is.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    /** SQLite's primary result codes of a file that holds no sound database. */
    private static final int SQLITE_CORRUPT = 11;

    private static final int SQLITE_NOTADB = 26;
    /** How quick_check tells of a page that it could not read. */
    private static final Pattern UNREAD_PAGE = Pattern.compile("error code=([0-9]{1,6})");

    private final Connection connection;
    private final Optional<Path> setAside;
    private final Failpoints failpoints;
    private final ReentrantLock writer = new ReentrantLock();
    /** For whoever has the lock. */
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Database(Connection connection, Optional<Path> setAside, Failpoints failpoints) {
        this.connection = connection;
        this.setAside = setAside;
        this.failpoints = failpoints;
    }

    public static Database open(Path file, Failpoints failpoints) {
        prepare(file);
        try {
            return new Database(connect(file), Optional.empty(), failpoints);
        } catch (SQLException failed) {
            if (!isDamage(failed)) {
                throw unavailable(file, failed);
            }
            Path aside = setAside(file);
            LOG.error(
                    "The database {} is damaged ({}); it is kept as {} and a new one is begun",
                    file,
                    failed.getMessage(),
                    aside);
            return new Database(reconnect(file), Optional.of(aside), failpoints);
        }
    }

    /** Where the damaged file is that this one took the place of. */
    public Optional<Path> setAside() {
        return setAside;
    }

    /** The records of one kind. The table's name is lower case letters. */
    public <R> RecordStore<R> records(String table, Class<R> type) {
        if (!table.matches("[a-z_]+")) {
            throw new IllegalArgumentException("not a table name: " + table);
        }
        write(database -> {
            try (Statement statement = database.createStatement()) {
                statement.execute("CREATE TABLE IF NOT EXISTS " + table
                        + " (id TEXT PRIMARY KEY, version INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID");
            }
        });
        return new RecordStore<>(this, table, type, failpoints);
    }

    @Override
    public void close() {
        write(Connection::close);
    }

    /** A piece of work on the connection, which one thread at a time has. */
    interface Work {
        void on(Connection connection) throws SQLException;
    }

    /** Sets a statement's parameters. */
    interface Parameters {
        void in(PreparedStatement statement) throws SQLException;
    }

    /** Executes a statement that changes something; it is prepared once, and anew after a failure. */
    void update(String sql, Parameters parameters) {
        write(database -> {
            if (!statements.containsKey(sql)) {
                statements.put(sql, database.prepareStatement(sql));
            }
            PreparedStatement statement = statements.get(sql);
            try {
                parameters.in(statement);
                statement.executeUpdate();
            } catch (SQLException failed) {
                statements.remove(sql);
                statement.close();
                throw failed;
            }
        });
    }

    void write(Work work) {
        run("writing Holdfast's database", "; is the disk full?", work);
    }

    void read(Work work) {
        run("reading Holdfast's database", "", work);
    }

    private void run(String doing, String remedy, Work work) {
        writer.lock();
        try {
            work.on(connection);
        } catch (SQLException failed) {
            throw new Failure.Broken(doing + ": " + failed.getMessage() + remedy, failed);
        } finally {
            writer.unlock();
        }
    }

    private static void prepare(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            if (Files.notExists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException failed) {
            throw unavailable(file, failed);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        // Else each write is followed by a query for keys, which are all our own.
        config.setGetGeneratedKeys(false);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            try (ResultSet check = statement.executeQuery("PRAGMA quick_check(1)")) {
                if (!check.next() || !check.getString(1).equals("ok")) {
                    throw unsound(check.getString(1));
                }
            }
            return connection;
        } catch (SQLException damaged) {
            connection.close();
            throw damaged;
        }
    }

    private static SQLException unsound(String found) {
        Matcher unread = UNREAD_PAGE.matcher(found);
        int code = unread.find() ? Integer.parseInt(unread.group(1)) & 0xff : SQLITE_CORRUPT;
        return new SQLException("quick_check: " + found, "", code);
    }

    private static boolean isDamage(SQLException failed) {
        return failed.getErrorCode() == SQLITE_CORRUPT || failed.getErrorCode() == SQLITE_NOTADB;
    }

    private static Failure.Unavailable unavailable(Path file, Exception failed) {
        return new Failure.Unavailable(
                "opening the database " + file + ": " + failed.getMessage()
                        + "; it is left as it is: see whether the disk is full, or cannot be read",
                failed);
    }

    private static Connection reconnect(Path file) {
        prepare(file);
        try {
            return connect(file);
        } catch (SQLException failed) {
            throw unavailable(file, failed);
        }
    }

    private static Path setAside(Path file) {
        Path aside = file.resolveSibling(
                file.getFileName() + ".damaged-" + Instant.now().toEpochMilli());
        try {
            // The file itself goes last: a new one must never be begun beside the write-ahead log of another.
            for (String suffix : List.of("-wal", "-shm", "")) {
                Path part = file.resolveSibling(file.getFileName() + suffix);
                if (Files.exists(part)) {
                    Files.move(part, aside.resolveSibling(aside.getFileName() + suffix));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("setting " + file + " aside", failed);
        }
        return aside;
    }
}
