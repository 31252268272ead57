package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri.MountPropagation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether mounts made on one side of a volume are seen on the other. */
@Conformance
class MountPropagationTest {
    private Path volume;

    @BeforeEach
    void makeASharedMount(Node node) throws IOException {
        volume = node.directory();
        Shell.run("mount", "--bind", volume.toString(), volume.toString());
        Shell.run("mount", "--make-shared", volume.toString());
        Files.createDirectories(volume.resolve("from-host"));
        Files.createDirectories(volume.resolve("from-container"));
    }

    @AfterEach
    void unmount() {
        // What a container mounted reached the host only where propagation was bidirectional.
        Shell.attempt("umount", "-l", volume.resolve("from-container").toString());
        Shell.attempt("umount", "-l", volume.resolve("from-host").toString());
        Shell.run("umount", "-l", volume.toString());
    }

    @Test
    void privateMountsAreSeenOnNeitherSide(Node node) throws IOException {
        var container = run(node, MountPropagation.PROPAGATION_PRIVATE);
        mountOnHost();
        mountInside(container);
        assertThat(container.exitCode("test -e /volume/from-host/file")).isNotZero();
        assertThat(volume.resolve("from-container/file")).doesNotExist();
    }

    @Test
    void theHostsMountsReachTheContainer(Node node) throws IOException {
        var container = run(node, MountPropagation.PROPAGATION_HOST_TO_CONTAINER);
        mountOnHost();
        mountInside(container);
        assertThat(container.exitCode("test -e /volume/from-host/file")).isZero();
        assertThat(volume.resolve("from-container/file")).doesNotExist();
    }

    @Test
    void bidirectionalMountsAreSeenOnBothSides(Node node) throws IOException {
        var container = run(node, MountPropagation.PROPAGATION_BIDIRECTIONAL);
        mountOnHost();
        mountInside(container);
        assertThat(container.exitCode("test -e /volume/from-host/file")).isZero();
        assertThat(volume.resolve("from-container/file")).exists();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNRECOGNIZED")
    void theStatusTellsThePropagation(MountPropagation propagation, Node node) {
        var mounts = run(node, propagation).status().getMountsList();
        assertThat(mounts).singleElement().satisfies(mount -> {
            assertThat(mount.getHostPath()).isEqualTo(volume.toString());
            assertThat(mount.getContainerPath()).isEqualTo("/volume");
            assertThat(mount.getPropagation()).isEqualTo(propagation);
            assertThat(mount.getReadonly()).isFalse();
            assertThat(mount.getSelinuxRelabel()).isFalse();
        });
    }

    @Test
    void whatWasMountedBeforeIsSeenInside(Node node) throws IOException {
        mountOnHost();
        var container = run(node, MountPropagation.PROPAGATION_PRIVATE);
        assertThat(container.exitCode("test -e /volume/from-host/file")).isZero();
    }

    private TestContainer run(Node node, MountPropagation propagation) {
        // Mounting inside takes a privileged container, and so a privileged pod.
        var pod = node.pod(p -> p.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true));
        return pod.run(c -> {
            VolumeTest.mount(volume, "/volume").accept(c);
            c.getMountsBuilder(0).setPropagation(propagation);
            c.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
        });
    }

    private void mountOnHost() throws IOException {
        var point = volume.resolve("from-host");
        Shell.run("mount", "-t", "tmpfs", "it-host", point.toString());
        Files.createFile(point.resolve("file"));
    }

    private static void mountInside(TestContainer container) {
        container.sh("mount -t tmpfs it-container /volume/from-container && touch /volume/from-container/file");
    }
}
