package io.holdfast.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.ProcessIdentity;
import io.holdfast.linux.ProcessStat;
import java.util.List;
import org.junit.jupiter.api.Test;

class KinTest {
    private final Kin kin = new Kin();

    @Test
    void childrenAndWhoeverFollowsOneOfThemBelongToThem() {
        List<ProcessStat> living = List.of(
                process(10, 1, 10, 10), // known by itself
                process(11, 10, 10, 10),
                process(12, 11, 12, 12),
                process(13, 1, 12, 1), // in the group of 12, whose child it was
                process(14, 1, 1, 12), // in its session
                process(20, 1, 20, 20));
        assertThat(kin.isEmpty()).isTrue();
        assertThat(among(living)).containsExactly(10L, 11L, 12L, 13L, 14L);
        assertThat(kin.isEmpty()).isFalse();
    }

    @Test
    void followersOfALeaderThatHasEndedBelongToItStill() {
        assertThat(among(List.of(process(10, 1, 10, 10)))).containsExactly(10L);
        assertThat(among(List.of(process(15, 1, 10, 3)))).containsExactly(15L);
    }

    @Test
    void anotherProcessThatHasGotThePidOfOneDoesNotBelongToThem() {
        among(List.of(process(10, 1, 10, 10), process(11, 10, 10, 10)));
        ProcessStat reused = new ProcessStat(new ProcessIdentity(11, 7777), 1, 11, 11, false);
        assertThat(among(List.of(process(10, 1, 10, 10), reused, process(30, 11, 11, 11))))
                .containsExactly(10L);
    }

    /** Of those outside of what is looked at nothing is known, though they have a pid of one that has ended. */
    @Test
    void aChildOfSomebodyElseWithThePidOfOneThatHasEndedDoesNotBelongToThem() {
        among(List.of(process(10, 1, 10, 10)));
        assertThat(among(List.of(process(30, 10, 30, 30)))).isEmpty();
    }

    private List<Long> among(List<ProcessStat> living) {
        return kin.among(living, process -> process.identity().equals(new ProcessIdentity(10, 10))).stream()
                .map(ProcessIdentity::pid)
                .toList();
    }

    private static ProcessStat process(long pid, long parent, long group, long session) {
        return new ProcessStat(new ProcessIdentity(pid, pid), parent, group, session, false);
    }
}
