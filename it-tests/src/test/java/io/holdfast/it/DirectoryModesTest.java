package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nobody but root looks around in Holdfast's directories, whatever umask it was started with. */
@Conformance
@Tag("holdfast")
class DirectoryModesTest {
    private static final Set<PosixFilePermission> TOO_WIDE = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> ENTERED =
            Set.of(PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

    @Test
    void noDirectoryOfARunningPodCanBeListed(Rig rig) throws IOException {
        try (var daemon = rig.anotherDaemon("")) {
            daemon.start();
            try (var endpoint = new Endpoint(daemon.socket());
                    var node = new Node(rig, endpoint)) {
                node.pod().run();
                var directory = daemon.socket().getParent();
                assertThat(wide(directory.resolve("root"))).isEmpty();
                assertThat(wide(directory.resolve("run"))).isEmpty();
            }
        }
    }

    /** Whoever cannot enter a directory reaches nothing below it; mounts are the pods' own. */
    private static List<Path> wide(Path top) throws IOException {
        var device = Files.getAttribute(top, "unix:dev");
        var pauseRoots = top.resolve("pause");
        var wide = new ArrayList<Path>();
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                // The pause process is nobody's, and this is its root: a program and empty directories.
                if (pauseRoots.equals(directory.getParent())
                        || !Files.getAttribute(directory, "unix:dev").equals(device)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                var mode = Files.getPosixFilePermissions(directory);
                if (mode.stream().anyMatch(TOO_WIDE::contains)) {
                    wide.add(directory);
                }
                return mode.stream().anyMatch(ENTERED::contains)
                        ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }
        });
        return wide;
    }
}
