package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.v1.Cri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

@Conformance
class VolumeTest {
    @Test
    void aHostDirectoryIsSharedBothWays(Node node) throws IOException {
        var host = node.directory();
        Files.writeString(host.resolve("from-host"), "host\n");
        var container = node.pod().run(mount(host, "/data"));
        assertThat(container.sh("cat /data/from-host")).isEqualTo("host");
        container.sh("echo container > /data/from-container");
        assertThat(host.resolve("from-container")).hasContent("container");
    }

    @Test
    void aHostFileIsMountedOverAFile(Node node) throws IOException {
        var file = Files.writeString(node.directory().resolve("hosts"), "10.0.0.1 name-from-kubelet\n");
        var container = node.pod().run(mount(file, "/etc/hosts"));
        assertThat(container.sh("cat /etc/hosts")).isEqualTo("10.0.0.1 name-from-kubelet");
    }

    @Test
    void aSymlinkedHostPathIsFollowed(Node node) throws IOException {
        var directory = node.directory();
        var real = Files.createDirectory(directory.resolve("real"));
        Files.writeString(real.resolve("file"), "behind the link\n");
        var link = Files.createSymbolicLink(directory.resolve("link"), real);
        assertThat(node.pod().run(mount(link, "/data")).sh("cat /data/file")).isEqualTo("behind the link");
    }

    @Test
    void aHostPathThatDoesNotExistBecomesADirectory(Node node) {
        var missing = node.directory().resolve("not/there");
        var container = node.pod().run(mount(missing, "/data"));
        assertThat(container.sh("ls -A /data")).isEmpty();
        assertThat(missing).isDirectory();
    }

    @Test
    void aMountPointThatIsMissingIsMade(Node node) {
        var container = node.pod().run(mount(node.directory(), "/a/new/place"));
        assertThat(container.sh("touch /a/new/place/file && ls /a/new/place")).isEqualTo("file");
    }

    @Test
    void aSymlinkInTheImageDoesNotLeadAMountOutOfTheContainer(Node node) {
        var host = node.directory();
        var outside = node.directory().resolve("outside");
        // The image's /escape is a link to /tmp by way of many dots, and the outside is below the host's /tmp.
        var inside = outside.toString().replaceFirst("^/tmp", "/escape");
        var container = node.pod().run(c -> {
            mount(host, inside).accept(c);
            c.getImageBuilder().setImage(node.reference(TestImages.VOLUME));
        });
        container.sh("touch " + outside + "/file");
        assertThat(outside).doesNotExist();
        assertThat(host.resolve("file")).exists();
    }

    @Test
    void mountsBelowOneAnotherAreMountedFromTheTop(Node node) throws IOException {
        var lower = node.directory();
        var upper = node.directory();
        Files.createDirectory(upper.resolve("below"));
        Files.writeString(lower.resolve("file"), "lower\n");
        var container = node.pod().run(c -> {
            mount(lower, "/data/below").accept(c);
            mount(upper, "/data").accept(c);
        });
        assertThat(container.sh("cat /data/below/file")).isEqualTo("lower");
    }

    @Test
    void aReadonlyMountCannotBeWritten(Node node) {
        var host = node.directory();
        var container = node.pod().run(c -> {
            mount(host, "/data").accept(c);
            c.getMountsBuilder(0).setReadonly(true);
        });
        assertThat(container.exitCode("touch /data/file 2>/dev/null")).isNotZero();
        assertThat(host).isEmptyDirectory();
    }

    @Test
    void theVolumesOfAnImageHoldWhatTheImageHas(Node node) {
        var container = node.pod().run(c -> c.getImageBuilder().setImage(node.reference(TestImages.VOLUME)));
        assertThat(container.sh("cat /data/kept")).isEqualTo("from the image");
        container.sh("echo new > /data/new");
    }

    @Test
    void sharedMemoryIsThePodsAndHasItsUsualSize(Node node) {
        var pod = node.pod();
        var first = pod.run();
        var second = pod.run();
        first.sh("echo shared > /dev/shm/file");
        assertThat(second.sh("cat /dev/shm/file")).isEqualTo("shared");
        assertThat(first.sh("df -k /dev/shm | tail -1 | awk '{print $2}'")).isEqualTo("65536");
        assertThat(node.pod().run().exitCode("test -e /dev/shm/file")).isNotZero();
    }

    @Test
    void theUsualDevicesAreThere(Node node) {
        var container = node.pod().run();
        assertThat(container.sh(
                        "for d in null zero full random urandom tty ptmx; do test -c /dev/$d || echo no $d; done"))
                .isEmpty();
        assertThat(container.sh("echo x > /dev/null; head -c 4 /dev/zero | wc -c"))
                .isEqualTo("4");
    }

    @Test
    void aHostDeviceIsGivenWithItsPermissions(Node node) {
        var container = node.pod()
                .run(c -> c.addDevicesBuilder()
                        .setHostPath("/dev/zero")
                        .setContainerPath("/dev/given")
                        .setPermissions("rw"));
        assertThat(container.sh("head -c 4 /dev/given | wc -c")).isEqualTo("4");
    }

    /** A number kept for experiments: no container may open it by default, and no driver answers whoever may. */
    @Test
    void aHostDeviceGivenForReadingCannotBeWritten(Node node) {
        var device = node.directory().resolve("device").toString();
        Shell.run("mknod", device, "c", "120", "1");
        var container = node.pod()
                .run(c -> c.addDevicesBuilder()
                        .setHostPath(device)
                        .setContainerPath("/dev/given")
                        .setPermissions("r"));
        assertThat(container.sh("(: < /dev/given) 2>&1 || true")).contains("No such device");
        assertThat(container.sh("(: >> /dev/given) 2>&1 || true")).contains("not permitted");
    }

    @Test
    void whatAContainerWritesIsItsOwn(Node node) {
        var pod = node.pod();
        pod.run().sh("echo mine > /file");
        assertThat(pod.run().exitCode("test -e /file")).isNotZero();
    }

    static Consumer<Cri.ContainerConfig.Builder> mount(Path host, String inside) {
        return c -> c.addMountsBuilder().setHostPath(host.toString()).setContainerPath(inside);
    }
}
