package io.holdfast.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one kind, each under its id. A put is durable when it returns. Owners read them once, at start, and
 * keep them in memory; a record that cannot be read is left where it is and named in {@link Loaded#unreadable}.
 */
public final class RecordStore<R> {
    private static final Logger LOG = LoggerFactory.getLogger(RecordStore.class);
    private static final int VERSION = 1;

    /** All that is there: the records by id, and the ids of those that cannot be read. */
    public record Loaded<R>(Map<String, R> records, List<String> unreadable) {}

    private final Database database;
    private final String table;
    private final Class<R> type;
    private final Failpoints failpoints;
    private final ObjectMapper mapper = Json.mapper();
    private final String put;
    private final String delete;

    RecordStore(Database database, String table, Class<R> type, Failpoints failpoints) {
        this.database = database;
        this.table = table;
        this.type = type;
        this.failpoints = failpoints;
        this.put = "INSERT INTO " + table + " (id, version, json) VALUES (?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET version = excluded.version, json = excluded.json";
        this.delete = "DELETE FROM " + table + " WHERE id = ?";
    }

    public void put(String id, R record) {
        String json = json(record);
        failpoints.pass("write." + table + ".before");
        database.update(put, row -> {
            row.setString(1, id);
            row.setInt(2, VERSION);
            row.setString(3, json);
        });
        failpoints.pass("write." + table + ".after");
    }

    /** Success where there is none. */
    public void delete(String id) {
        failpoints.pass("delete." + table + ".before");
        database.update(delete, row -> row.setString(1, id));
        failpoints.pass("delete." + table + ".after");
    }

    public Loaded<R> load() {
        Map<String, R> records = new LinkedHashMap<>();
        List<String> unreadable = new ArrayList<>();
        database.read(connection -> {
            try (PreparedStatement all =
                            connection.prepareStatement("SELECT id, version, json FROM " + table + " ORDER BY id");
                    ResultSet rows = all.executeQuery()) {
                while (rows.next()) {
                    read(rows.getString(1), rows.getInt(2), rows.getString(3), records, unreadable);
                }
            }
        });
        return new Loaded<>(records, List.copyOf(unreadable));
    }

    private void read(String id, int version, String json, Map<String, R> records, List<String> unreadable) {
        try {
            if (version != VERSION) {
                throw new Failure.Broken("it has version " + version + ", and this Holdfast knows " + VERSION);
            }
            records.put(id, mapper.readValue(json, type));
        } catch (JsonProcessingException | Failure broken) {
            LOG.error("The record {} in {} cannot be read and is left aside: {}", id, table, broken.getMessage());
            unreadable.add(id);
        }
    }

    private String json(R record) {
        try {
            return mapper.writeValueAsString(record);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a record that JSON cannot hold: " + type, impossible);
        }
    }
}
