package io.holdfast.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.image.ImageConfig;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {
    @TempDir
    Path root;

    private final Wanted wanted = new Wanted();

    @BeforeEach
    void database() throws IOException {
        Files.createDirectories(root.resolve("etc"));
        write("passwd", """
            root:x:0:0:root:/root:/bin/sh
            # a comment, and then lines that are none
            app:x:1000:1001:App:/home/app:/bin/sh
            short:x:7:8
            4294967296:x:0:0:a trap:/root:/bin/sh
            2147483648:x:0:0:a trap:/root:/bin/sh
            -1:x:0:0:a trap:/root:/bin/sh
            huge:x:4294967296:0::/:/bin/sh
            bad:x:10:10::/home/\u0007bell:/bin/sh
            app:x:0:0:a second one:/root:/bin/sh
            nonumber:x:zero:0::/:/bin/sh
            """);
        write("group", """
            root:x:0:
            app:x:1001:
            disk:x:5000:other,app
            audio:x:5001:app
            hugegroup:x:4294967296:huge
            """);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, 0, /root",
        "root, 0, 0, /root",
        "0, 0, 0, /root",
        "app, 1000, 1001, /home/app",
        "1000, 1000, 1001, /home/app",
        "01000, 1000, 1001, /home/app",
        "app:disk, 1000, 5000, /home/app",
        "app:0, 1000, 0, /home/app",
        "4711, 4711, 0, /",
        "4711:4712, 4711, 4712, /",
        "2147483647:2147483647, 2147483647, 2147483647, /",
        "short, 7, 8, /",
    })
    void anImagesUserIsANameOrANumber(String user, long uid, long gid, String home) {
        LinuxUser found = resolve(user);
        assertThat(found.uid()).isEqualTo(uid);
        assertThat(found.gid()).isEqualTo(gid);
        assertThat(found.home()).isEqualTo(home);
        assertThat(found.groups()).startsWith(gid).doesNotHaveDuplicates();
    }

    /** CVE-2024-40635 and CVE-2026-46680: never uid 0, neither by wrapping round nor by a name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2147483648",
                "4294967295",
                "4294967296",
                "99999999999999999999",
                "-1",
                "+99999999999",
                "0x0",
                "root\n",
                "nobody",
                "huge",
                "nonumber",
                "app:4294967296",
                "app:-1",
                "app:nogroup",
                "app:hugegroup",
                "bad",
                ":x",
                "app:"
            })
    void whatIsOutOfRangeOrUnknownFails(String user) {
        assertThatThrownBy(() -> resolve(user))
                .isInstanceOf(Failure.Invalid.class)
                .hasMessageStartingWith("the image's ");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 31, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE})
    void aRequestsIdsHaveTheSameRange(long id) {
        wanted.runAs = new Security.RunAs.Uid(id);
        assertThatThrownBy(() -> resolve("")).hasMessageStartingWith("run_as_user: the id " + id);
        wanted.runAs = new Security.RunAs.Uid(1);
        wanted.groups = List.of(id);
        assertThatThrownBy(() -> resolve("")).hasMessageStartingWith("supplemental_groups: the id " + id);
        wanted.groups = List.of();
        wanted.group = OptionalLong.of(id);
        assertThatThrownBy(() -> resolve("")).isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void theRequestGoesBeforeTheImage() {
        wanted.runAs = new Security.RunAs.Uid(0);
        assertThat(resolve("app").uid()).isZero();
        wanted.runAs = new Security.RunAs.Name("app");
        assertThat(resolve("root").uid()).isEqualTo(1000);
        wanted.group = OptionalLong.of(3000);
        assertThat(resolve("root").gid()).isEqualTo(3000);
    }

    @Test
    void aGroupWithoutAUserIsRefused() {
        wanted.group = OptionalLong.of(3000);
        assertThatThrownBy(() -> resolve("app")).hasMessageStartingWith("run_as_group: ");
    }

    @Test
    void theImagesGroupsAreMergedOrNot() {
        wanted.runAs = new Security.RunAs.Uid(1000);
        wanted.group = OptionalLong.of(3000);
        wanted.groups = List.of(4000L, 5000L);
        assertThat(resolve("").groups()).containsExactly(3000L, 4000L, 5000L, 5001L);
        wanted.policy = Security.GroupsPolicy.STRICT;
        assertThat(resolve("").groups()).containsExactly(3000L, 4000L, 5000L);
    }

    @Test
    void anImageWithoutADatabaseHasRootAndNumbers() throws IOException {
        Files.delete(root.resolve("etc/passwd"));
        Files.delete(root.resolve("etc/group"));
        assertThat(resolve("root")).isEqualTo(new LinuxUser(0, 0, List.of(0L), "/"));
        assertThat(resolve("7:root")).isEqualTo(new LinuxUser(7, 0, List.of(0L), "/"));
        assertThatThrownBy(() -> resolve("app")).isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void theHostsDatabaseIsOutOfReach() throws IOException {
        Files.delete(root.resolve("etc/passwd"));
        Files.createSymbolicLink(root.resolve("etc/passwd"), Path.of("../../../../../../../../etc/passwd"));
        assertThatThrownBy(() -> resolve("daemon")).isInstanceOf(Failure.class);
    }

    /** CVE-2026-47262 and CVE-2025-4437. */
    @Test
    void aDatabaseThatIsNoFileOrTooLargeIsRefused() throws Exception {
        Files.delete(root.resolve("etc/passwd"));
        Files.createSymbolicLink(root.resolve("etc/passwd"), Path.of("fifo"));
        assertThat(new ProcessBuilder("mkfifo", root.resolve("etc/fifo").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThatThrownBy(() -> resolve("app"))
                .isInstanceOf(Failure.Broken.class)
                .hasMessageContaining("etc/passwd");

        Files.delete(root.resolve("etc/passwd"));
        try (var file = new java.io.RandomAccessFile(root.resolve("etc/passwd").toFile(), "rw")) {
            file.setLength((10 << 20) + 1);
        }
        assertThatThrownBy(() -> resolve("app")).isInstanceOf(Failure.Broken.class);
    }

    @Test
    void aLineThatNeverEndsIsPassedOver() throws IOException {
        write("passwd", "app:x:0:0:" + "x".repeat(70_000) + ":/:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n");
        assertThat(resolve("app").uid()).isEqualTo(1000);
    }

    private LinuxUser resolve(String imageUser) {
        ImageConfig image = new ImageConfig(List.of(), List.of(), List.of(), "", imageUser, "", List.of(), Map.of());
        try (FileTree tree = FileTree.open(new Kernel(), root)) {
            return Users.resolve(tree, wanted.config(), image);
        }
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(root.resolve("etc").resolve(file), text);
    }
}
