package io.holdfast.shim;

import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessStat;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Processes that one thing has led to: some that are known by themselves, their children, and whoever is in a session or
 * process group that one of them leads. Remembers those that it has seen, since a group outlives its leader. Not for
 * several threads.
 */
final class Kin {
    private final Set<ProcessIdentity> seen = new HashSet<>();

    /** Whether none was ever seen. */
    boolean isEmpty() {
        return seen.isEmpty();
    }

    /** Those among these, which have to be all that live. */
    List<ProcessIdentity> among(List<ProcessStat> living, Predicate<ProcessStat> known) {
        living.stream().filter(known).forEach(this::add);
        Set<Long> ended = endedLeaders(living);
        boolean grown = true;
        while (grown) {
            Set<Long> kin = living.stream()
                    .map(ProcessStat::identity)
                    .filter(seen::contains)
                    .map(ProcessIdentity::pid)
                    .collect(Collectors.toSet());
            grown = living.stream()
                            .filter(process -> kin.contains(process.parent())
                                    || leaders(process).anyMatch(pid -> kin.contains(pid) || ended.contains(pid)))
                            .filter(this::add)
                            .count()
                    > 0;
        }
        return living.stream().map(ProcessStat::identity).filter(seen::contains).toList();
    }

    /** A leader that has ended keeps its pid from others for as long as it has followers; a parent cannot have ended. */
    private Set<Long> endedLeaders(List<ProcessStat> living) {
        Set<Long> pids =
                living.stream().map(process -> process.identity().pid()).collect(Collectors.toSet());
        return seen.stream()
                .map(ProcessIdentity::pid)
                .filter(pid -> !pids.contains(pid))
                .collect(Collectors.toSet());
    }

    private static Stream<Long> leaders(ProcessStat process) {
        return Stream.of(process.session(), process.group());
    }

    private boolean add(ProcessStat process) {
        return seen.add(process.identity());
    }
}
