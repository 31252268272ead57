package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.work.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String HEX = "5c5160c629f5aa3925dad75df273e6a954339e6fe45434b0fa6868cbe18048bc";

    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox:latest",
        "busybox:1.36, docker.io/library/busybox:1.36",
        "library/busybox, docker.io/library/busybox:latest",
        "bitnami/redis, docker.io/bitnami/redis:latest",
        "docker.io/busybox, docker.io/library/busybox:latest",
        "index.docker.io/busybox, docker.io/library/busybox:latest",
        "docker.io/a/b:c, docker.io/a/b:c",
        "localhost/a, localhost/a:latest",
        "localhost:5000/a, localhost:5000/a:latest",
        "registry.k8s.io/pause:3.9, registry.k8s.io/pause:3.9",
        "registry.example:5000/a/b-c/d__e.f:V1.2_x, registry.example:5000/a/b-c/d__e.f:V1.2_x",
        "[::1]:5000/a, [::1]:5000/a:latest",
        "127.0.0.1:5000/x, 127.0.0.1:5000/x:latest",
        "Registry/a, Registry/a:latest",
        "busybox@sha256:" + HEX + ", docker.io/library/busybox@sha256:" + HEX,
        "a.b/c:tag@sha256:" + HEX + ", a.b/c@sha256:" + HEX,
    })
    void aNameIsMadeCanonical(String text, String canonical) {
        assertThat(Reference.parse(text)).hasToString(canonical);
        assertThat(Reference.parse(canonical)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a",
                "a//b",
                "a/",
                "A",
                "a.b/C",
                "a:",
                "a:-x",
                "a b",
                "a\n",
                "a@",
                "a@sha256:12",
                "a@sha1:" + HEX,
                "a@sha256:" + HEX + "00",
                "a@sha256:../../../../../../../../../../etc/passwd",
                "../etc/passwd",
                "a.b/../c",
                "a.b:/c",
                "a.b:999999/c",
                "a.b:99999/c",
                "[::1]:65536/c",
                "-a.b/c",
                "a.b/c..d",
                "a.b/-c",
                "http://a.b/c",
                "a.b/c?x=y",
                "a.b/c#d",
                "u@a.b/c",
                HEX
            })
    void whatIsNoNameIsRefused(String text) {
        assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void lengthsAreCapped() {
        assertThat(Reference.parse("a/" + "b".repeat(240)).path()).hasSize(242);
        assertThatThrownBy(() -> Reference.parse("a/" + "b".repeat(250))).isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> Reference.parse("a:" + "b".repeat(129))).isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> Reference.parse("a".repeat(1 << 20))).isInstanceOf(Failure.Invalid.class);
        assertThatThrownBy(() -> Reference.parse("a-".repeat(400) + "a")).isInstanceOf(Failure.Invalid.class);
    }

    @Test
    void ofTagAndDigestTheDigestDecides() {
        Reference reference = Reference.parse("a.b/c:tag@sha256:" + HEX);
        assertThat(reference.tagged()).isEmpty();
        assertThat(reference.wanted()).isEqualTo("sha256:" + HEX);
    }

    @Test
    void aMessageShowsNoControlCharacters() {
        assertThatThrownBy(() -> Reference.parse("a\u001b[31m\n")).hasMessageNotContaining("\u001b");
    }
}
