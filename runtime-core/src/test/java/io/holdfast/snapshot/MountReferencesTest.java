package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MountReferencesTest {
    private static final String ROOT = "/var/lib/holdfast/snapshots";

    @Test
    void layersToldOneByOneAreFound() {
        assertThat(numbers(
                        "90 25 0:50 / /run/x rw shared:2 - overlay holdfast rw,lowerdir+=" + ROOT + "/7/fs,lowerdir+="
                                + ROOT + "/12/fs,upperdir=" + ROOT + "/13/fs,workdir=" + ROOT + "/13/work,index=off"))
                .containsExactlyInAnyOrder(7L, 12L, 13L);
    }

    @Test
    void layersToldInOnePageAreFoundInOurMountsAlone() {
        assertThat(numbers("90 25 0:50 / /run/x rw - overlay holdfast"
                        + " rw,lowerdir=7/fs:12/fs,upperdir=13/fs,workdir=13/work"))
                .containsExactlyInAnyOrder(7L, 12L, 13L);
        assertThat(numbers("90 25 0:50 / /run/x rw - overlay overlay rw,lowerdir=7/fs:12/fs"))
                .isEmpty();
    }

    @Test
    void theDirectoriesOfAnotherRootAreNot() {
        assertThat(numbers(
                        "90 25 0:50 / /run/x rw - overlay holdfast rw,lowerdir+=/elsewhere/snapshots/7/fs,index=off"))
                .isEmpty();
        assertThat(numbers("91 25 254:0 /elsewhere/snapshots/7/fs /run/y rw - ext4 /dev/vda rw"))
                .isEmpty();
    }

    @Test
    void boundDirectoriesAreFoundAlsoWhenTheRootIsAMountOfItsOwn() {
        assertThat(numbers("91 25 254:0 " + ROOT + "/7/fs /run/y rw - ext4 /dev/vda rw"))
                .containsExactly(7L);
        assertThat(numbers("91 25 254:0 /holdfast/snapshots/7/fs /run/y rw - ext4 /dev/vdb rw"))
                .containsExactly(7L);
    }

    @Test
    void whatIsNoMountOfOursIsPassedOver() {
        assertThat(numbers("22 1 254:0 / / rw,relatime - ext4 /dev/vda rw", "")).isEmpty();
    }

    private static Set<Long> numbers(String... lines) {
        return MountReferences.in(Stream.of(lines), ROOT);
    }
}
