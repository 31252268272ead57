package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.ContainerConfig.Mount;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.oci.Spec;
import io.holdfast.work.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerMountsTest {
    private final Composed composed = new Composed();
    private final Wanted wanted = new Wanted();

    @Test
    void whatIsDeeperComesLater() {
        wanted.mount("/1", "/a/b/c").mount("/2", "/a").mount("/3", "/z/").mount("/4", "/a//b/../b");
        assertThat(targets()).containsSubsequence("/proc", "/dev", "/sys", "/a", "/z", "/dev/pts", "/a/b", "/a/b/c");
    }

    @Test
    void aRequestsMountReplacesTheUsualOne() {
        wanted.mount("/1", "/etc/resolv.conf").mount("/2", "/dev/shm").mount("/3", "/sys/fs/cgroup/");
        assertThat(targets()).doesNotHaveDuplicates();
        assertThat(at("/dev/shm").source()).isEqualTo("/real/2");
        assertThat(at("/sys/fs/cgroup").type()).isEqualTo("bind");
    }

    @Test
    void theHostsDevicesComeWithAllThatIsBelowThem() {
        wanted.mount("/dev", "/dev").mount("/sys", "/sys");
        assertThat(targets()).containsExactly("/proc", "/dev", "/sys", "/dev/shm", "/etc/resolv.conf", "/etc/hostname");
    }

    @Test
    void aVolumeOverEtcKeepsThePodsFiles() {
        wanted.mount("/volume", "/etc");
        assertThat(targets()).containsSubsequence("/etc", "/etc/resolv.conf", "/etc/hostname");
    }

    @ParameterizedTest
    @CsvSource({"PRIVATE, rprivate, ''", "HOST_TO_CONTAINER, rslave, rslave", "BIDIRECTIONAL, rshared, rshared"})
    void propagationIsTheMountsAndTheRoots(Propagation asked, String option, String root) {
        wanted.mounts.add(new Mount("/a", "/a", false, false, false, asked));
        assertThat(at("/a").options()).containsExactly("rbind", option, "rw");
        assertThat(composed.of(wanted).linux().rootfsPropagation()).isEqualTo(root);
    }

    @Test
    void recursiveReadOnlyFailsWhereItCannotBe() {
        wanted.mounts.add(new Mount("/a", "/a", true, true, false, Propagation.PRIVATE));
        assertThat(at("/a").options()).containsExactly("rbind", "rprivate", "rro");
        composed.mountOptions = List.of();
        refused("mounts.recursive_read_only: /a: the runtime handler runc");
    }

    @ParameterizedTest
    @CsvSource({"false, PRIVATE", "true, HOST_TO_CONTAINER", "true, BIDIRECTIONAL"})
    void recursiveReadOnlyIsReadOnlyAndPrivate(boolean readOnly, Propagation propagation) {
        wanted.mounts.add(new Mount("/a", "/a", readOnly, true, false, propagation));
        refused("mounts.recursive_read_only: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "../a", "/", "/..", "/a\nb", "//", "/a\0"})
    void aTargetIsAnAbsolutePathBelowTheRoot(String target) {
        wanted.mount("/a", target);
        refused("mounts.container_path: ");
    }

    @Test
    void aTargetCannotLeaveTheRoot() {
        wanted.mount("/a", "/../../b");
        assertThat(targets()).contains("/b");
    }

    private List<String> targets() {
        return composed.of(wanted).mounts().stream()
                .map(Spec.Mount::destination)
                .toList();
    }

    private Spec.Mount at(String target) {
        return composed.of(wanted).mounts().stream()
                .filter(mount -> mount.destination().equals(target))
                .findFirst()
                .orElseThrow();
    }

    private void refused(String start) {
        assertThatThrownBy(() -> composed.of(wanted))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith(start);
    }
}
