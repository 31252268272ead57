package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.holdfast.runtime.v1.Cri;
import io.holdfast.runtime.v1.Cri.MountPropagation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Read-only volumes that have other mounts below them. */
@Conformance
class ReadonlyMountTest {
    private static final String WRITE_BELOW = "touch /volume/below/file 2>/dev/null";

    private Path volume;

    @BeforeEach
    void makeAVolumeWithAMountBelow(Node node) throws IOException {
        volume = node.directory();
        var below = Files.createDirectory(volume.resolve("below"));
        Shell.run("mount", "-t", "tmpfs", "it-below", below.toString());
    }

    @AfterEach
    void unmount() {
        Shell.run("umount", "-l", volume.resolve("below").toString());
    }

    @Test
    void readonlyAloneLeavesTheMountsBelowWritable(Node node) {
        var container = node.pod().run(c -> volume(c).setReadonly(true));
        assertThat(container.exitCode("touch /volume/file 2>/dev/null")).isNotZero();
        assertThat(container.exitCode(WRITE_BELOW)).isZero();
    }

    @Test
    void recursivelyReadonlyHoldsBelowWhereTheHandlerOffersIt(Node node, Rig rig) {
        var pod = node.pod();
        if (offered(node, rig)) {
            var container = pod.run(c -> volume(c).setReadonly(true).setRecursiveReadOnly(true));
            assertThat(container.exitCode(WRITE_BELOW)).isNotZero();
            assertThat(container.status().getMounts(0).getRecursiveReadOnly()).isTrue();
        } else {
            var refused = Node.refusal(
                    () -> pod.create(c -> volume(c).setReadonly(true).setRecursiveReadOnly(true)));
            assertThat(refused.getCode()).isNotEqualTo(Status.Code.OK);
        }
    }

    @Test
    void recursivelyReadonlyNeedsReadonly(Node node) {
        var pod = node.pod();
        var refused = Node.refusal(() -> pod.create(c -> volume(c).setRecursiveReadOnly(true)));
        assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @EnumSource(names = {"PROPAGATION_HOST_TO_CONTAINER", "PROPAGATION_BIDIRECTIONAL"})
    void recursivelyReadonlyNeedsPrivatePropagation(MountPropagation propagation, Node node) {
        var pod = node.pod();
        var refused = Node.refusal(() -> pod.create(
                c -> volume(c).setReadonly(true).setRecursiveReadOnly(true).setPropagation(propagation)));
        assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private Cri.Mount.Builder volume(Cri.ContainerConfig.Builder container) {
        return container.addMountsBuilder().setHostPath(volume.toString()).setContainerPath("/volume");
    }

    private static boolean offered(Node node, Rig rig) {
        return node.runtime().status(Cri.StatusRequest.getDefaultInstance()).getRuntimeHandlersList().stream()
                .filter(handler -> handler.getName().equals(rig.handler()))
                .anyMatch(handler -> handler.getFeatures().getRecursiveReadOnlyMounts());
    }
}
