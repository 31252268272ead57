package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.FileHandle;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What GNU tar packs, in each of its formats, comes out as it was. */
class GnuTarTest {
    @TempDir
    Path scratch;

    private Path original;

    @BeforeEach
    void makeTree() throws Exception {
        original = Files.createDirectories(scratch.resolve("original"));
        Files.createDirectories(original.resolve("etc/empty"));
        Files.writeString(original.resolve("etc/passwd"), "root:x:0:0\n");
        Files.createLink(original.resolve("etc/linked"), original.resolve("etc/passwd"));
        Files.createSymbolicLink(original.resolve("link"), Path.of("/etc/passwd"));
        Files.write(original.resolve("block"), new byte[512]);
        Files.write(original.resolve("large"), "0123456789".repeat(50_000).getBytes());
        Files.setAttribute(original.resolve("block"), "unix:mode", 0104755);
        Files.setAttribute(original.resolve("etc/empty"), "unix:uid", 1234);
        Files.setLastModifiedTime(original.resolve("etc"), FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        Files.setLastModifiedTime(original.resolve("etc/passwd"), FileTime.from(Instant.ofEpochSecond(1_234_567_890)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ustar", "gnu", "oldgnu", "pax", "posix", "v7"})
    void everyFormatIsRead(String format) throws Exception {
        if (!format.equals("v7") && !format.equals("ustar")) {
            addWhatOldFormatsCannotHave();
        }
        assertUnpackedAsPacked("--format=" + format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0", "0.1", "1.0"})
    void everySparseFormatIsRead(String version) throws Exception {
        addSparse("holes", 40);
        assertUnpackedAsPacked("--format=pax", "--sparse", "--sparse-version=" + version);
        assertThat((long) Files.getAttribute(scratch.resolve("unpacked/fs/holes"), "size"))
                .isEqualTo(40_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gnu", "oldgnu"})
    void sparseFilesOfTheOldFormatAreRead(String format) throws Exception {
        addSparse("few", 3);
        addSparse("many", 60);
        assertUnpackedAsPacked("--format=" + format, "--sparse");
    }

    @ParameterizedTest
    @ValueSource(strings = {"security.capability", "user.note"})
    void extendedAttributesAreRead(String name) throws Exception {
        run("setcap", "cap_net_raw,cap_setgid+ep", original.resolve("large").toString());
        Files.setAttribute(original.resolve("block"), "user:note", java.nio.ByteBuffer.wrap(new byte[] {1, -1, 0, 10}));
        assertUnpackedAsPacked("--format=pax", "--xattrs", "--xattrs-include=*");
        assertThat(attributes(scratch.resolve("unpacked/fs")).values().toString())
                .contains(name);
    }

    private void addWhatOldFormatsCannotHave() throws IOException {
        Path deep = original.resolve("a".repeat(120)).resolve("b".repeat(130));
        Files.createDirectories(deep);
        Files.writeString(deep.resolve("c".repeat(140)), "deep");
        Files.createSymbolicLink(deep.resolve("long"), Path.of("t".repeat(500)));
        Files.setAttribute(original.resolve("block"), "unix:gid", 3_000_000);
        Files.setLastModifiedTime(original.resolve("block"), FileTime.from(Instant.ofEpochSecond(-1000)));
    }

    private void addSparse(String name, int pieces) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(original.resolve(name).toFile(), "rw")) {
            for (int piece = 0; piece < pieces; piece++) {
                file.seek(piece * 1_000_000L);
                file.write(("piece " + piece).getBytes());
            }
            file.setLength(pieces * 1_000_000L);
        }
    }

    private void assertUnpackedAsPacked(String... options) throws Exception {
        Path archive = scratch.resolve("archive.tar");
        List<String> command = new ArrayList<>(List.of("tar", "-C", original.toString(), "-cf", archive.toString()));
        command.addAll(List.of(options));
        command.add(".");
        run(command.toArray(String[]::new));
        Path unpacked = Files.createDirectories(scratch.resolve("unpacked/fs"));
        try (InputStream in = Files.newInputStream(archive)) {
            new LayerTar(new Kernel(), unpacked, LayerLimits.DEFAULT).apply(in);
        }
        assertThat(attributes(unpacked)).isEqualTo(attributes(original));
        run("diff", "-r", "--no-dereference", original.toString(), unpacked.toString());
    }

    private static Map<String, String> attributes(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                Map<String, Object> attributes =
                        new TreeMap<>(Files.readAttributes(path, "unix:mode,uid,gid,nlink", LinkOption.NOFOLLOW_LINKS));
                long seconds = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .getEpochSecond();
                all.put(root.relativize(path).toString(), attributes + " " + seconds + extended(path));
            }
        }
        return all;
    }

    private static String extended(Path path) {
        if (Files.isSymbolicLink(path)) {
            return "";
        }
        Map<String, List<Byte>> values = new TreeMap<>();
        try (FileHandle file = OpenFile.at(new Kernel(), path)) {
            file.attributes().forEach((name, value) -> values.put(name, boxed(value)));
        }
        return values.toString();
    }

    private static List<Byte> boxed(byte[] bytes) {
        List<Byte> boxed = new ArrayList<>();
        for (byte each : bytes) {
            boxed.add(each);
        }
        return boxed;
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }
}
