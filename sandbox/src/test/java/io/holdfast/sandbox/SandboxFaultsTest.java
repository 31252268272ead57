package io.holdfast.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.sandbox.SandboxRig.Killed;
import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every take, release and write of a sandbox's life, and what is asked of its containers, fails, or kills the process,
 * before or after its effect, crossed with each release failing: nothing is ever held that no record names, nothing goes
 * from under a running container, and the same name always runs again.
 */
class SandboxFaultsTest {
    private static final String NO_RELEASE = "none";

    private enum Fault {
        FAILS,
        BREAKS,
        KILLS
    }

    @TempDir
    Path directory;

    private SandboxRig rig;

    @BeforeEach
    void open() {
        rig = new SandboxRig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void nothingIsEverHeldThatNoRecordNamesAndTheSameNameRunsAgain() {
        Set<String> points = pointsOfALife();
        List<String> releases = new ArrayList<>(
                points.stream().filter(point -> point.startsWith("release.")).toList());
        releases.add(NO_RELEASE);
        int cases = 0;
        for (String point : points) {
            for (Fault kind : Fault.values()) {
                for (String stuck : kind == Fault.BREAKS ? List.of(NO_RELEASE) : releases) {
                    survives(point, kind, stuck);
                    cases++;
                }
            }
        }
        System.out.println(cases + " faults over " + points.size() + " points");
        assertThat(cases).isGreaterThan(800);
    }

    private Set<String> pointsOfALife() {
        Set<String> points = new ConcurrentSkipListSet<>();
        rig.fault(points::add);
        String id = rig.runInhabited();
        rig.sandboxes().stop(id);
        rig.sandboxes().remove(id);
        rig.noFault();
        assertThat(points)
                .contains(
                        "take.Network.before",
                        "take.Pause.after",
                        "release.Network.after",
                        "release.NetNs.before",
                        "members.stopAll.before",
                        "write.sandboxes.before",
                        "delete.sandboxes.before");
        return points;
    }

    private void survives(String point, Fault kind, String stuck) {
        String name = point + " " + kind + ", release that will not: " + stuck;
        AtomicBoolean came = faulty(point, kind, stuck);
        try {
            String id = rig.runInhabited();
            rig.sandboxes().stop(id);
            rig.sandboxes().remove(id);
        } catch (Failure expected) {
            assertThat(expected).as(name).hasMessageContaining("injected");
        } catch (StackOverflowError broken) {
            assertThat(kind).as(name).isEqualTo(Fault.BREAKS);
        } catch (Killed gone) {
            assertThat(kind).as(name).isEqualTo(Fault.KILLS);
        }
        assertThat(came.get() || !stuck.equals(NO_RELEASE))
                .as(name + ": came about")
                .isTrue();
        Set<SandboxHold> recorded = rig.recorded();
        assertThat(rig.kernel().held()).as(name + ": held without a record").isSubsetOf(recorded);
        if (kind == Fault.KILLS && came.get()) {
            rig.restart();
        }
        rig.noFault();
        String again = rig.runInhabited();
        assertThat(rig.sandboxes().find(again).isReady()).as(name).isTrue();
        rig.sandboxes().list().forEach(sandbox -> rig.sandboxes().remove(sandbox.id()));
        SandboxRig.await(
                name + ": all let go",
                () -> rig.kernel().held().isEmpty()
                        && rig.records().load().records().isEmpty());
        assertThat(rig.kernel().rules()).as(name + ": rules that no DEL found").isEmpty();
    }

    /** Of a process that was killed, every thread stops at the next point that it comes to. */
    private AtomicBoolean faulty(String point, Fault kind, String stuck) {
        AtomicBoolean done = new AtomicBoolean();
        rig.fault(passed -> {
            boolean first = passed.equals(point) && !done.getAndSet(true);
            if (done.get() && kind == Fault.KILLS) {
                throw new Killed();
            }
            if (first) {
                if (kind == Fault.BREAKS) {
                    throw new StackOverflowError("injected at " + point);
                }
                throw new Failure.Broken("injected at " + point);
            }
            if (passed.equals(stuck)) {
                throw new Failure.Broken("injected: " + stuck);
            }
        });
        return done;
    }
}
