package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.holdfast.work.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives made to do harm. Each is refused, or lands whole inside its root; what is outside stays as it was. */
class LayerAttackTest {
    @TempDir
    Path scratch;

    private LayerFixture layer;

    @BeforeEach
    void makeLayer() throws IOException {
        layer = new LayerFixture(scratch);
    }

    static Stream<Arguments> names() {
        return Stream.of(
                attack("a name that goes up", _ -> new Tar().file("../canary", "x")),
                attack("a name that goes down and up", _ -> new Tar().file("a/../../../../canary", "x")),
                attack("a name that is ..", _ -> new Tar().directory("..")),
                attack(
                        "a name with a zero byte",
                        _ -> new Tar().pax("path", "a\0b").file("a", "x")),
                attack("a name of 256 bytes", _ -> new Tar().file("n".repeat(256), "x")),
                attack("a path of 4096 bytes", _ -> new Tar().file("d/".repeat(2047) + "ff", "x")),
                attack("a file that has no name", _ -> new Tar().file("", "x")),
                attack("a file named ./", _ -> new Tar().file("./", "x")));
    }

    static Stream<Arguments> links() {
        return Stream.of(
                attack(
                        "a link out, and a file through it",
                        host -> new Tar()
                                .symlink("out", host.resolve("canaries").toString())
                                .file("out/new", "x")),
                attack(
                        "a link up, and a file through it",
                        _ -> new Tar().symlink("out", "../../../canaries").file("out/canary", "x")),
                attack("a hard link up", _ -> new Tar().hardLink("l", "../../../canary")),
                attack("a hard link to a host path", host -> new Tar().hardLink("l", host + "/canary")),
                attack(
                        "a hard link through a link out",
                        host -> new Tar().symlink("out", host.toString()).hardLink("l", "out/canary")),
                attack("a hard link to a lower layer's file", _ -> new Tar().hardLink("l", "etc/passwd")),
                attack(
                        "a hard link to a directory",
                        _ -> new Tar().directory("d").hardLink("l", "d")),
                attack("a hard link to itself", _ -> new Tar().file("a", "x").hardLink("a", "a")),
                attack(
                        "a hard link to a whiteout",
                        _ -> new Tar().file(".wh.a", "").hardLink("l", "a")),
                attack("a hard link to nothing", _ -> new Tar().hardLink("l", "")),
                attack("a path through a file", _ -> new Tar().file("a", "x").file("a/b", "x")),
                attack("a path through a loop", _ -> new Tar().symlink("a", "a").file("a/b", "x")),
                attack("an empty symbolic link", _ -> new Tar().symlink("a", "")));
    }

    static Stream<Arguments> attributes() {
        return Stream.of(
                attack("a device of no number", _ -> new Tar().device("d", '3', 4096, 0)),
                attack("a device of a negative number", _ -> new Tar().device("d", '4', 1, -1)),
                attack(
                        "an owner that is no id",
                        _ -> new Tar().owner(0xffff_ffffL, 0).file("a", "x")),
                attack(
                        "a time that no clock has",
                        _ -> new Tar().modified(Long.MAX_VALUE).file("a", "x")),
                attack("an owner below zero", _ -> new Tar().pax("uid", "-1").file("a", "x")),
                attack(
                        "an overlay's redirect",
                        _ -> new Tar()
                                .xattr("trusted.overlay.redirect", "/".getBytes())
                                .directory("d")),
                attack(
                        "an overlay's opacity",
                        _ -> new Tar()
                                .xattr("trusted.overlay.opaque", "y".getBytes())
                                .directory("d")),
                attack(
                        "our own mark",
                        _ -> new Tar()
                                .xattr("trusted.holdfast.implied", new byte[1])
                                .directory("d")),
                attack(
                        "a user overlay's metacopy",
                        _ -> new Tar()
                                .xattr("user.overlay.metacopy", new byte[1])
                                .file("a", "")),
                attack("a whiteout of nothing", _ -> new Tar().file("d/.wh.", "")),
                attack("a whiteout of .", _ -> new Tar().file("d/.wh..", "")),
                attack("a whiteout of ..", _ -> new Tar().file("d/.wh...", "")),
                attack("a kind that no layer has", _ -> new Tar().entry('M', "a", "", new byte[0])));
    }

    static Stream<Arguments> bombs() {
        return Stream.of(
                attack("too many entries", _ -> many(51, (tar, at) -> tar.file("f" + at, ""))),
                attack("too many implied directories", _ -> new Tar().file("d/".repeat(60) + "f", "")),
                attack("too many whiteouts", _ -> many(51, (tar, at) -> tar.file(".wh.f" + at, ""))),
                attack("too much content", _ -> many(3, (tar, at) -> tar.file("f" + at, "x".repeat(500_000)))),
                attack("a file of 2^63 bytes", _ -> new Tar().claiming('0', "a", Long.MAX_VALUE)),
                attack("a file of negative size", _ -> new Tar().claiming('0', "a", -1)));
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                attack("an extended header of 2^40 bytes", _ -> new Tar().claiming('x', "a", 1L << 40)),
                attack("a long name of 2^40 bytes", _ -> new Tar().claiming('L', "a", 1L << 40)),
                attack(
                        "a sparse file of 2^62 bytes",
                        _ -> sparse(Long.toString(1L << 62), "0,1").file("a", "x")),
                attack(
                        "a sparse map of too many pieces",
                        _ -> sparse("1000", "0,0,".repeat(200) + "0,1").file("a", "x")),
                attack(
                        "a sparse map that overlaps",
                        _ -> sparse("10", "4,2,3,2").file("a", "abcd")),
                attack("a sparse map beyond the end", _ -> sparse("10", "9,2").file("a", "ab")),
                attack(
                        "a sparse map that adds up over 2^63",
                        _ -> sparse("9", "1,9223372036854775807").file("a", "x")),
                attack(
                        "a sparse map of more than there is",
                        _ -> sparse("10", "0,5").file("a", "ab")),
                attack(
                        "a sparse map that claims 2^40 pieces",
                        _ -> new Tar()
                                .pax("GNU.sparse.major", "1")
                                .pax("GNU.sparse.minor", "0")
                                .pax("GNU.sparse.realsize", "1")
                                .file("a", "1099511627776\n")),
                attack(
                        "records of extended headers that overrun",
                        _ -> new Tar()
                                .entry('x', "p", "", "99 path=a\n".getBytes())
                                .file("a", "")),
                attack(
                        "records of extended headers without length",
                        _ -> new Tar()
                                .entry('x', "p", "", " path=a\n".getBytes())
                                .file("a", "")),
                attack("a wrong checksum", _ -> new Tar().raw(new Tar().header('0', "a", "", 0))),
                attack(
                        "a number that is none",
                        _ -> new Tar().pax("size", "1e9").file("a", "")),
                attack(
                        "trailing garbage without end",
                        _ -> new Tar().file("a", "").raw(new byte[5 << 20])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"names", "links", "attributes", "bombs", "headers"})
    void isRefused(String name, Function<Path, Tar> archive) throws IOException {
        Map<String, String> before = layer.outside();
        assertThatThrownBy(() -> layer.apply(archive.apply(scratch)))
                .isInstanceOf(Failure.Broken.class)
                .message()
                .isNotBlank();
        layer.assertNothingOutsideChanged(before);
    }

    @Test
    void linksThatLeadOutLeadToTheLayersOwnRoot() throws IOException {
        Map<String, String> before = layer.outside();
        layer.apply(new Tar()
                .directory("etc")
                .symlink("slash", "/")
                .file("slash/etc/passwd", "own")
                .symlink("up", "../../../..")
                .mode(04755)
                .owner(7, 8)
                .xattr("user.mark", "x".getBytes())
                .file("up/etc/shadow", "own"));
        assertThat(layer.content("etc/passwd")).isEqualTo("own");
        assertThat(layer.existing("etc/shadow").permissions()).isEqualTo(04755);
        layer.assertNothingOutsideChanged(before);
    }

    @Test
    void anEntryTakesThePlaceOfALinkInsteadOfFollowingIt() throws IOException {
        String canary = scratch.resolve("canary").toString();
        String canaries = scratch.resolve("canaries").toString();
        Map<String, String> before = layer.outside();
        layer.apply(new Tar()
                .symlink("a", canary)
                .file("a", "own")
                .symlink("b", canaries)
                .mode(0)
                .owner(9, 9)
                .directory("b")
                .symlink("c", canary)
                .file("own", "x")
                .hardLink("c", "own")
                .symlink("d", canary)
                .device("d", '6', 0, 0)
                .symlink("e", canary)
                .symlink("e", "elsewhere"));
        assertThat(layer.content("a")).isEqualTo("own");
        assertThat(layer.existing("b").isDirectory()).isTrue();
        assertThat(layer.existing("b").uid()).isEqualTo(9);
        assertThat(layer.content("c")).isEqualTo("x");
        layer.assertNothingOutsideChanged(before);
    }

    @Test
    void aDirectoryThatBecomesALinkIsNoLongerWrittenThroughItsOldHandle() throws IOException {
        layer.apply(new Tar()
                .directory("d")
                .file("d/one", "1")
                .directory("other")
                .symlink("d", "other")
                .file("d/two", "2"));
        assertThat(layer.content("other/two")).isEqualTo("2");
        assertThat(layer.status("other/one")).isEmpty();
    }

    @Test
    void whiteoutsUnderALinkOutStayInside() throws IOException {
        Map<String, String> before = layer.outside();
        assertThatThrownBy(() -> layer.apply(new Tar()
                        .symlink("out", scratch.resolve("canaries").toString())
                        .file("out/.wh.canary", "")
                        .file("out/.wh..wh..opq", "")))
                .isInstanceOf(Failure.Broken.class);
        layer.assertNothingOutsideChanged(before);
    }

    @Test
    void anArchiveCutAnywhereIsRefusedOrEndsAtAnEntry() throws IOException {
        byte[] whole = new Tar()
                .directory("d")
                .pax("mtime", "1.5")
                .file("d/f", "x".repeat(1500))
                .symlink("l", "t".repeat(150))
                .bytes();
        Map<String, String> before = layer.outside();
        for (int length = 0; length < whole.length - 1024; length += 128) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                layer.tar().apply(new ByteArrayInputStream(cut));
            } catch (Failure.Broken expected) {
                assertThat(expected).hasMessageContaining("archive ends");
            }
        }
        layer.assertNothingOutsideChanged(before);
    }

    private interface Each {
        void add(Tar tar, int at);
    }

    private static Tar many(int count, Each each) {
        Tar tar = new Tar();
        for (int at = 0; at < count; at++) {
            each.add(tar, at);
        }
        return tar;
    }

    private static Tar sparse(String length, String map) {
        return new Tar().pax("GNU.sparse.size", length).pax("GNU.sparse.map", map);
    }

    private static Arguments attack(String name, Function<Path, Tar> archive) {
        return arguments(name, archive);
    }
}
