package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.work.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every point of a creation, at which a hold is taken or a record written, fails or kills the daemon; crossed with every
 * kind of release failing. Nothing is ever held that no record names, and the same name runs again at once.
 */
class ContainerFaultTest {
    private static final List<String> RELEASES =
            List.of("", "Directory", "Log", "Snapshot", "Rootfs", "Group", "Runtime", "delete.containers");

    enum Fault {
        FAILS,
        KILLS
    }

    /** What a killed daemon is like: nothing of it runs any more, not even its finally. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed on purpose");
        }
    }

    record Case(int point, Fault fault, String release) {}

    @TempDir
    Path directory;

    static Stream<Case> cases() throws Exception {
        List<Case> cases = new ArrayList<>();
        int points = pointsOfACreation();
        for (int point = 1; point <= points; point++) {
            for (Fault fault : Fault.values()) {
                for (String release : RELEASES) {
                    cases.add(new Case(point, fault, release));
                }
            }
        }
        return cases.stream();
    }

    private static int pointsOfACreation() throws Exception {
        AtomicInteger passed = new AtomicInteger();
        Path directory = java.nio.file.Files.createTempDirectory("holdfast-fault");
        try (Fixture node = new Fixture(directory)) {
            Containers containers = node.owner(_ -> passed.incrementAndGet());
            String id = containers.create(node.pod(), Fixture.config("c", 0));
            int points = passed.get();
            containers.remove(id);
            return points;
        } finally {
            try (var files = java.nio.file.Files.walk(directory)) {
                files.toList().reversed().forEach(file -> file.toFile().delete());
            }
        }
    }

    @Test
    void aCreationPassesAPointBeforeAndAfterEachStep() throws Exception {
        assertThat(pointsOfACreation()).isEqualTo(2 * 7 + 2 * 2 + 2);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nothingIsLostAndTheNameRunsAgain(Case the) {
        try (Fixture node = new Fixture(directory)) {
            AtomicInteger passed = new AtomicInteger();
            AtomicBoolean releasesFail = new AtomicBoolean(true);
            Containers first = node.owner(point -> {
                failRelease(the, releasesFail, point);
                if (isOfTaking(point) && passed.incrementAndGet() == the.point()) {
                    fail(the);
                }
            });
            Optional<String> made = create(node, first);
            Containers second =
                    the.fault() == Fault.KILLS ? node.owner(point -> failRelease(the, releasesFail, point)) : first;
            assertThat(ids(second)).containsAll(node.held());

            String again = second.create(node.pod(), Fixture.config("c", 0));
            made.ifPresent(id -> assertThat(again).isEqualTo(id));
            second.start(again);
            assertThat(second.list()).hasSize(1);
            assertThat(second.find(again).state()).isInstanceOf(ContainerState.Running.class);
            assertThat(ids(second)).containsAll(node.held());

            releasesFail.set(false);
            second.remove(again);
            node.owner();
            node.awaitNothingHeld();
        }
    }

    /** The points that a start, a stop and a remove pass, by number: none may lose the container or anything it holds. */
    static Stream<Case> verbs() {
        return IntStream.rangeClosed(1, 27)
                .boxed()
                .flatMap(point -> Stream.of(Fault.values()).map(fault -> new Case(point, fault, "")));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void aVerbThatFailsOrIsCutShortCanBeRepeatedToItsEnd(Case the) {
        try (Fixture node = new Fixture(directory)) {
            AtomicInteger passed = new AtomicInteger(Integer.MIN_VALUE);
            Containers first = node.owner(point -> {
                if (passed.incrementAndGet() == the.point()) {
                    fail(the);
                }
            });
            String id = first.create(node.pod(), Fixture.config("c", 0));
            passed.set(0);
            live(first, id);
            Containers second = the.fault() == Fault.KILLS ? node.owner() : first;
            assertThat(ids(second)).containsAll(node.held());

            second.list().forEach(container -> {
                second.stop(container.id(), Duration.ZERO);
                assertThat(node.exited(container.id()).exit().doubt()).isEmpty();
                second.remove(container.id());
            });
            node.awaitNothingHeld();
            second.start(second.create(node.pod(), Fixture.config("c", 0)));
            second.removeAll(Fixture.SANDBOX);
            node.awaitNothingHeld();
        }
    }

    private static void live(Containers containers, String id) {
        try {
            containers.start(id);
            containers.stop(id, Duration.ofSeconds(5));
            containers.remove(id);
        } catch (Failure | Killed expected) {
            assertThat(expected).hasMessageNotContaining("does not die");
        }
    }

    private static Optional<String> create(Fixture node, Containers containers) {
        try {
            return Optional.of(containers.create(node.pod(), Fixture.config("c", 0)));
        } catch (Failure | Killed expected) {
            return Optional.empty();
        }
    }

    private static List<String> ids(Containers containers) {
        return containers.holding().stream().map(Containers.Holding::id).toList();
    }

    private static boolean isOfTaking(String point) {
        return !point.startsWith("release.") && !point.startsWith("delete.");
    }

    private static void fail(Case the) {
        if (the.fault() == Fault.KILLS) {
            throw new Killed();
        }
        throw new Failure.Broken("failed on purpose");
    }

    private static void failRelease(Case the, AtomicBoolean fails, String point) {
        boolean isIt = point.equals("release." + the.release() + ".before") || point.equals(the.release() + ".before");
        if (isIt && fails.get()) {
            throw new Failure.Broken("will not go on purpose");
        }
    }
}
