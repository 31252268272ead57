package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileHandle;
import io.holdfast.linux.FileStatus;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A directory to unpack a layer into, and canaries round it that no layer may touch. */
final class LayerFixture {
    static final LayerLimits SMALL = new LayerLimits(50, 1 << 20, 4 << 20, 1L << 40, 1 << 16, 100);

    final Path host;
    final Path root;
    private final Kernel kernel = new Kernel();

    LayerFixture(Path scratch) throws IOException {
        this.host = scratch;
        this.root = Files.createDirectories(scratch.resolve("layers/1/fs"));
        Files.createDirectories(scratch.resolve("layers/2/fs/etc"));
        Files.writeString(scratch.resolve("layers/2/fs/etc/passwd"), "sibling");
        Files.createDirectories(scratch.resolve("canaries"));
        Files.writeString(scratch.resolve("canary"), "host");
        Files.writeString(scratch.resolve("canaries/canary"), "host");
    }

    LayerTar tar() {
        return new LayerTar(kernel, root, SMALL);
    }

    LayerTar.Applied apply(Tar archive) {
        return tar().apply(archive.stream());
    }

    /** All that is outside the layer, in all its attributes. */
    Map<String, String> outside() throws IOException {
        Map<String, String> outside = new TreeMap<>();
        try (Stream<Path> all = Files.walk(host)) {
            for (Path path :
                    all.filter(each -> !each.startsWith(root.getParent())).toList()) {
                Map<String, Object> attributes = Files.readAttributes(
                        path, "unix:mode,uid,gid,lastModifiedTime,ino,nlink", LinkOption.NOFOLLOW_LINKS);
                String content = Files.isRegularFile(path) ? Files.readString(path) : "";
                outside.put(path.toString(), new TreeMap<>(attributes) + content);
            }
        }
        return outside;
    }

    /** What stands at a path of the layer, whose last name is any bytes. */
    Optional<FileStatus> status(String path) {
        LayerPath parsed = new LayerPath(path);
        try (FileTree tree = FileTree.open(kernel, root);
                Directory parent = tree.directory(parsed.parent().bytes())) {
            return parent.status(parsed.nameBytes());
        }
    }

    FileStatus existing(String path) {
        return status(path).orElseThrow(() -> new AssertionError(path + " is not there"));
    }

    boolean isOpaque(String path) {
        try (FileTree tree = FileTree.open(kernel, root);
                Directory directory = tree.directory(new LayerPath(path).bytes())) {
            return Whiteout.isOpaque(directory.handle());
        }
    }

    boolean isWhiteout(String path) {
        return status(path).filter(Whiteout::is).isPresent();
    }

    /** An extended attribute of a regular file or directory. */
    Optional<byte[]> attribute(String path, String name) {
        try (FileHandle file = OpenFile.at(kernel, root.resolve(path))) {
            return file.attribute(name);
        }
    }

    String content(String path) throws IOException {
        return Files.readString(root.resolve(path), StandardCharsets.ISO_8859_1);
    }

    void assertNothingOutsideChanged(Map<String, String> before) throws IOException {
        assertThat(outside()).isEqualTo(before);
    }
}
