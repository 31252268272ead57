package io.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.metadata.Database;
import io.holdfast.metadata.RecordStore;
import io.holdfast.work.Failpoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir
    Path directory;

    private Database database;
    private RecordStore<Lease> store;

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("db"), Failpoints.none());
        store = database.records("leases", Lease.class);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aLeaseKeepsWhatItCoversUntilItIsDone() {
        Leases leases = new Leases(store, LONG);
        try (Leases.Held held = leases.open("x")) {
            assertThat(leases.content()).isEmpty();
            held.cover(Set.of("blob"), Set.of("layer"));
            assertThat(leases.content()).containsExactly("blob");
            assertThat(leases.layers()).containsExactly("layer");
            held.done();
        }
        assertThat(leases.content()).isEmpty();
        assertThat(store.load().records()).isEmpty();
    }

    @Test
    void oneThatWasNotDoneIsKeptForAWhileAlsoOverARestart() {
        try (Leases.Held held = new Leases(store, LONG).open("x")) {
            held.cover(Set.of("blob"), Set.of());
        }
        Leases later = new Leases(store, LONG);
        later.expire();
        assertThat(later.content()).containsExactly("blob");
        Leases impatient = new Leases(store, Duration.ZERO);
        impatient.expire();
        assertThat(impatient.content()).isEmpty();
        assertThat(store.load().records()).isEmpty();
    }

    @Test
    void oneInUseDoesNotExpire() {
        Leases leases = new Leases(store, Duration.ZERO);
        try (Leases.Held held = leases.open("x")) {
            held.cover(Set.of("blob"), Set.of());
            leases.expire();
            assertThat(leases.content()).containsExactly("blob");
        }
    }

    @Test
    void theNextOfItsPurposeTakesItsPlace() {
        Leases leases = new Leases(store, LONG);
        try (Leases.Held held = leases.open("x")) {
            held.cover(Set.of("old"), Set.of());
        }
        try (Leases.Held other = leases.open("y")) {
            other.cover(Set.of("other"), Set.of());
            try (Leases.Held mute = leases.open("x")) {
                assertThat(leases.content()).containsExactlyInAnyOrder("old", "other");
                mute.cover(Set.of("new"), Set.of());
                assertThat(leases.content()).containsExactlyInAnyOrder("new", "other");
            }
        }
        assertThat(store.load().records()).hasSize(2);
    }
}
