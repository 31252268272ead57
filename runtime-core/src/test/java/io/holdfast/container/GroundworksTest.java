package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.container.ContainerConfig.Device;
import io.holdfast.container.ContainerConfig.Propagation;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroundworksTest {
    @TempDir
    Path directory;

    private final Groundworks groundworks = new Groundworks(new Kernel());
    private final Wanted wanted = new Wanted();

    @Test
    void linksAreFollowedAndMissingDirectoriesMade() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("a")));
        String missing = directory.resolve("not/there").toString();
        wanted.mount(link.toString(), "/a").mount(missing, "/b");

        assertThat(lay().sources())
                .containsEntry(link.toString(), directory.resolve("a").toString())
                .containsEntry(missing, missing);
        assertThat(directory.resolve("not/there")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "relative", "/a\nb", "/dev/null/below"})
    void aHostPathThatIsNoneIsRefused(String path) {
        wanted.mount(path, "/a");
        refused("mounts.host_path: ");
    }

    @Test
    void aLinkToNowhereIsRefused() throws IOException {
        wanted.mount(
                Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"))
                        .toString(),
                "/a");
        refused("mounts.host_path: ");
    }

    @ParameterizedTest
    @CsvSource({
        "/shared, BIDIRECTIONAL, true",
        "/shared, HOST_TO_CONTAINER, true",
        "/slave/x, BIDIRECTIONAL, false",
        "/slave/x, HOST_TO_CONTAINER, true",
        "/plain, HOST_TO_CONTAINER, false",
        "/plain, PRIVATE, true",
        "/sharedx, HOST_TO_CONTAINER, false",
        "/with space/x, BIDIRECTIONAL, true",
        "/covered, BIDIRECTIONAL, false",
    })
    void mountsTravelOnlyThroughSharedOnes(Path path, Propagation asked, boolean possible) {
        MountTable table = MountTable.parse("""
            20 1 8:1 / / rw,relatime - ext4 /dev/vda rw
            21 20 8:2 / /shared rw shared:1 - ext4 /dev/vdb rw
            22 20 8:3 / /slave rw master:1 propagate_from:2 - ext4 /dev/vdc rw
            23 20 8:4 / /with\\040space rw shared:3 - ext4 /dev/vdd rw
            24 20 8:5 / /covered rw shared:4 - ext4 /dev/vde rw
            25 24 8:6 / /covered rw - ext4 /dev/vdf rw
            """);
        if (possible) {
            table.requirePropagation(path, asked);
        } else {
            assertThatThrownBy(() -> table.requirePropagation(path, asked))
                    .isInstanceOf(Failure.WrongState.class)
                    .hasMessageContaining("mount --make-rshared");
        }
    }

    @Test
    void aDeviceIsFoundWithItsNumbers() {
        wanted.devices.add(new Device("/dev/mine", "/dev/zero", "rm"));
        assertThat(lay().devices()).singleElement().satisfies(node -> {
            assertThat(node.access()).isEqualTo("rm");
            assertThat(node.device().path()).isEqualTo("/dev/mine");
            assertThat(node.device().type()).isEqualTo("c");
            assertThat(List.of(node.device().major(), node.device().minor())).containsExactly(1L, 5L);
            assertThat(node.device().fileMode()).hasValue(0666);
        });
    }

    @Test
    void aDirectoryIsEveryDeviceBelowIt() throws Exception {
        Files.createDirectories(directory.resolve("deep"));
        node("deep/b", "b", 259, 70_000);
        node("c", "c", 10, 3);
        Files.writeString(directory.resolve("file"), "no device");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));
        wanted.devices.add(new Device("/dev/all", directory.toString(), "rwm"));

        assertThat(lay().devices())
                .extracting(node -> node.device().path() + " " + node.device().type()
                        + node.device().major() + ":" + node.device().minor())
                .containsExactly("/dev/all/c c10:3", "/dev/all/deep/b b259:70000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "rr", "rwmx", "r w"})
    void permissionsAreOfThreeLetters(String permissions) {
        wanted.devices.add(new Device("/dev/x", "/dev/null", permissions));
        refused("devices.permissions: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "/etc", "/dev/notthere", "null", ""})
    void whatIsNoDeviceIsRefused(String path) {
        wanted.devices.add(new Device("/dev/x", path, "rw"));
        refused("devices.host_path: ");
    }

    @Test
    void privilegedIsEveryDeviceOfTheHostButTerminals() {
        wanted.privileged = true;
        wanted.devices.add(new Device("/dev/null", "/dev/zero", "r"));
        List<Groundwork.Node> all = lay().devices();
        assertThat(all)
                .extracting(node -> node.device().path())
                .contains("/dev/null", "/dev/zero", "/dev/tty")
                .doesNotContain("/dev/ptmx", "/dev/console")
                .noneMatch(path -> path.startsWith("/dev/pts"))
                .doesNotHaveDuplicates();
        assertThat(all)
                .filteredOn(node -> node.device().path().equals("/dev/null"))
                .extracting(node -> node.device().minor())
                .containsExactly(5L);
    }

    @Test
    void aProfileIsReadWithItsOldPrefixToo() throws IOException {
        Path profile = Files.writeString(directory.resolve("p.json"), "{}");
        wanted.seccomp = new Security.Seccomp.Localhost(profile);
        assertThat(lay().seccompProfile()).hasValue("{}");
        wanted.seccomp = new Security.Seccomp.Localhost(Path.of("localhost/" + profile));
        assertThat(lay().seccompProfile()).hasValue("{}");
        wanted.privileged = true;
        assertThat(lay().seccompProfile()).isEmpty();
    }

    @Test
    void aProfileThatIsNoFileIsRefused() throws IOException {
        Path large = Files.write(directory.resolve("large"), new byte[(1 << 20) + 1]);
        for (String path :
                List.of("", "localhost", "p.json", "/dev/zero", "/etc", directory + "/none", large.toString())) {
            wanted.seccomp = new Security.Seccomp.Localhost(Path.of(path));
            refused("seccomp.localhost_ref: ");
        }
    }

    private void node(String name, String type, int major, int minor) throws Exception {
        String path = directory.resolve(name).toString();
        assertThat(new ProcessBuilder("mknod", path, type, "" + major, "" + minor)
                        .start()
                        .waitFor())
                .isZero();
    }

    private Groundwork lay() {
        return groundworks.lay(wanted.config());
    }

    private void refused(String start) {
        assertThatThrownBy(this::lay).isInstanceOf(Failure.Invalid.class).hasMessageStartingWith(start);
    }
}
