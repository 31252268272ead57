package io.holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnDirectoryTest {
    @TempDir
    private Path temp;

    @Test
    void itAndWhatIsMissingAboveItCanOnlyBePassedThrough() throws IOException {
        Path made = OwnDirectory.make(temp.resolve("a/b"));
        assertThat(mode(made)).isEqualTo("rwx--x--x");
        assertThat(mode(made.getParent())).isEqualTo("rwx--x--x");
    }

    @Test
    void aWiderOneThatIsThereIsNarrowed() throws IOException {
        Path there = Files.createDirectory(temp.resolve("a"));
        Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(mode(OwnDirectory.make(there))).isEqualTo("rwx--x--x");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
