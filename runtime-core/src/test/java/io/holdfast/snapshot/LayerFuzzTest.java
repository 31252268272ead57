package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileTree;
import io.holdfast.linux.Kernel;
import io.holdfast.work.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Good archives with random damage, of which half have right checksums again: each is unpacked or refused as broken, and
 * nothing outside changes. {@code -Dfuzz.rounds} asks for more, {@code -Dfuzz.seed} for the same once more.
 */
class LayerFuzzTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 300);
    private static final byte[] TEMPTING = {'/', '.', 0, '7', '9', ' ', '=', '\n', (byte) 0x80, (byte) 0xff, 'x', 'S'};

    @TempDir
    Path scratch;

    @Test
    void everyArchiveIsUnpackedOrRefused() throws IOException {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        LayerFixture layer = new LayerFixture(scratch);
        Map<String, String> before = layer.outside();
        List<byte[]> originals = originals();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(originals.get(random.nextInt(originals.size())), random);
            try {
                layer.tar().apply(new ByteArrayInputStream(damaged));
            } catch (Failure.Broken expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException unexpected) {
                throw new AssertionError("seed " + seed + ", round " + round, unexpected);
            }
            empty(layer.root);
        }
        layer.assertNothingOutsideChanged(before);
    }

    private static List<byte[]> originals() {
        return List.of(
                new Tar()
                        .directory("d")
                        .file("d/f", "content")
                        .symlink("l", "/d/f")
                        .hardLink("h", "d/f")
                        .device("c", '3', 1, 3)
                        .file("d/.wh.x", "")
                        .file("d/.wh..wh..opq", "")
                        .bytes(),
                new Tar()
                        .xattr("user.note", new byte[] {1, 2})
                        .pax("mtime", "12.25")
                        .pax("path", "p/q/r")
                        .file("x", "y")
                        .file("n".repeat(150), "long")
                        .bytes(),
                new Tar()
                        .pax("GNU.sparse.size", "5000")
                        .pax("GNU.sparse.map", "0,1,4000,2")
                        .file("sparse", "abc")
                        .pax("GNU.sparse.major", "1")
                        .pax("GNU.sparse.minor", "0")
                        .pax("GNU.sparse.realsize", "900")
                        .entry('0', "sparse1", "", Arrays.copyOf("1\n10\n3\n".getBytes(), 515))
                        .entry('S', "sparse0", "", new byte[0])
                        .bytes());
    }

    private static byte[] damaged(byte[] original, Random random) {
        byte[] damaged = original.clone();
        for (int hit = random.nextInt(1, 5); hit > 0; hit--) {
            int at = random.nextInt(damaged.length);
            damaged[at] = random.nextBoolean() ? TEMPTING[random.nextInt(TEMPTING.length)] : (byte) random.nextInt(256);
            if (random.nextInt(4) > 0) {
                int start = at / TarBlock.BYTES * TarBlock.BYTES;
                byte[] header = Tar.sealed(Arrays.copyOfRange(damaged, start, start + TarBlock.BYTES));
                System.arraycopy(header, 0, damaged, start, TarBlock.BYTES);
            }
        }
        return random.nextInt(20) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length)) : damaged;
    }

    private static void empty(Path root) {
        try (FileTree tree = FileTree.open(new Kernel(), root);
                Directory directory = tree.root()) {
            directory.names().forEach(directory::remove);
        }
    }
}
