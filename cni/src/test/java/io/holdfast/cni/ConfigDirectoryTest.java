package io.holdfast.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDirectoryTest {
    @TempDir
    Path temp;

    private Path conf;
    private ConfigDirectory directory;

    @BeforeEach
    void open() throws IOException {
        conf = Files.createDirectory(temp.resolve("net.d"));
        directory = new ConfigDirectory(conf);
    }

    @Test
    void noDirectoryAndNoConfigSayWhatToDo() {
        assertThat(new ConfigDirectory(temp.resolve("absent")).read().problem())
                .contains("no CNI network config in " + temp.resolve("absent"), "holdfast cni init");
        assertThat(directory.read().network()).isEmpty();
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsNoConfig() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThat(new ConfigDirectory(file).read().network()).isEmpty();
    }

    @Test
    void theFirstValidFileByNameWins() throws IOException {
        write("20-b.conflist", list("b"));
        write("10-a.json", "{broken");
        write("15-c.conf", "{\"cniVersion\":\"1.0.0\",\"name\":\"c\",\"type\":\"t\"}");
        write("05-ignored.txt", list("ignored"));
        write(".01-hidden.conflist", list("hidden"));
        Files.createDirectory(conf.resolve("02-directory.conf"));

        ConfigDirectory.Reading reading = directory.read();

        assertThat(name(reading)).isEqualTo("c");
        assertThat(reading.problem()).contains("invalid file " + conf.resolve("10-a.json"), "not JSON");
    }

    @Test
    void aTruncatedFileLeavesTheLastGoodNetworkAndDoesNotPromoteTheNextFile() throws IOException {
        write("10-a.conflist", list("a"));
        write("20-b.conflist", list("b"));
        assertThat(network()).isEqualTo("a");

        write("10-a.conflist", "");
        assertThat(network()).isEqualTo("a");
        write("10-a.conflist", list("a").substring(0, 20));
        assertThat(network()).isEqualTo("a");
        write("10-a.conflist", list("a2"));
        assertThat(network()).isEqualTo("a2");

        Files.delete(conf.resolve("10-a.conflist"));
        assertThat(network()).isEqualTo("b");
    }

    @Test
    void theNetworkGoesOnlyWithTheLastConfig() throws IOException {
        write("10-a.conflist", list("a"));
        assertThat(network()).isEqualTo("a");
        write("00-new.conflist", "{");
        Files.delete(conf.resolve("10-a.conflist"));
        assertThat(network()).isEqualTo("a");
        Files.delete(conf.resolve("00-new.conflist"));
        assertThat(directory.read().network()).isEmpty();
    }

    @Test
    void aReplacedFileIsSeenAtOnce() throws IOException {
        write("10-a.conflist", list("aaa"));
        assertThat(network()).isEqualTo("aaa");
        Path next = Files.writeString(conf.resolve("10-a.conflist.tmp"), list("bbb"));
        Files.setLastModifiedTime(next, Files.getLastModifiedTime(conf.resolve("10-a.conflist")));
        Files.move(next, conf.resolve("10-a.conflist"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(network()).isEqualTo("bbb");
    }

    @Test
    void linksThatAreMovedElsewhereAreFollowed() throws IOException {
        Path one = Files.createDirectory(conf.resolve("..one"));
        Path two = Files.createDirectory(conf.resolve("..two"));
        Files.writeString(one.resolve("10-a.conflist"), list("one"));
        Files.writeString(two.resolve("10-a.conflist"), list("two"));
        Files.createSymbolicLink(conf.resolve("..data"), Path.of("..one"));
        Files.createSymbolicLink(conf.resolve("10-a.conflist"), Path.of("..data/10-a.conflist"));
        assertThat(network()).isEqualTo("one");

        Files.createSymbolicLink(conf.resolve("..data_tmp"), Path.of("..two"));
        Files.move(conf.resolve("..data_tmp"), conf.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(network()).isEqualTo("two");

        Files.delete(two.resolve("10-a.conflist"));
        assertThat(network()).isEqualTo("two");
        assertThat(directory.read().problem()).contains("not a regular file");
    }

    @Test
    void aFileThatIsTooLargeOrNoFileIsRefused() throws Exception {
        write("10-a.conflist", " ".repeat(1 << 20) + list("a"));
        assertThat(directory.read().problem()).contains("larger than");
        Files.delete(conf.resolve("10-a.conflist"));
        assertThat(new ProcessBuilder("mkfifo", conf.resolve("10-a.conflist").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(directory.read().problem()).contains("not a regular file");
    }

    @Test
    void pluginsInTheNetworksOwnDirectoryAreAppended() throws IOException {
        write("10-a.conflist", list("a"));
        Path own = Files.createDirectory(conf.resolve("a"));
        Files.writeString(own.resolve("20-late.conf"), "{\"type\":\"late\"}");
        Files.writeString(own.resolve("10-early.conf"), "{\"type\":\"early\"}");

        NetworkConfig config = directory.read().network().orElseThrow().config();
        assertThat(config.binaries()).containsExactly("t", "early", "late");

        write("10-a.conflist", list("a").replace("{\"cni", "{\"loadOnlyInlinedPlugins\":true,\"cni"));
        assertThat(directory.read().network().orElseThrow().config().binaries()).containsExactly("t");
    }

    @Test
    void whateverAWriterDoesAReaderSeesAWholeNetwork() throws Exception {
        write("10-a.conflist", list("a0"));
        assertThat(network()).isEqualTo("a0");
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 500; i++) {
                writeUnchecked("10-a.conflist", list("a" + i));
            }
            done.set(true);
        });
        while (!done.get()) {
            assertThat(network()).startsWith("a");
        }
        writer.join();
        assertThat(network()).isEqualTo("a499");
    }

    private String network() {
        return name(directory.read());
    }

    private static String name(ConfigDirectory.Reading reading) {
        return reading.network().orElseThrow().name();
    }

    private static String list(String name) {
        return "{\"cniVersion\":\"1.0.0\",\"name\":\"" + name + "\",\"plugins\":[{\"type\":\"t\"}]}";
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(conf.resolve(file), text);
    }

    private void writeUnchecked(String file, String text) {
        try {
            write(file, text);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
