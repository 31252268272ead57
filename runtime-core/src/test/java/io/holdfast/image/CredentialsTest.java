package io.holdfast.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.registry.BoundSecret;
import io.holdfast.registry.FakeRegistry;
import io.holdfast.registry.Reference;
import io.holdfast.registry.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** No secret of a pull gets into an error, a log line, a text form, or onto the disk, however the pull goes. */
class CredentialsTest {
    private static final String USER = "us3r-name";
    private static final String PASSWORD = "p4ss-w0rd";
    private static final String AUTH = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(US_ASCII));
    private static final String TOKEN = "t0ken-of-identity";
    private static final String BEARER = "b3arer-from-endpoint";
    private static final List<String> SECRETS = List.of(PASSWORD, AUTH, TOKEN, BEARER);

    @TempDir
    Path root;

    private final FakeRegistry registry = new FakeRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger everything = (Logger) LoggerFactory.getLogger("ROOT");
    private final Level before = everything.getLevel();

    @BeforeEach
    void listen() {
        log.start();
        everything.addAppender(log);
        everything.setLevel(Level.DEBUG);
        // What the client library says of its bytes at DEBUG is its own; the daemon's configuration has it at WARN.
        ((Logger) LoggerFactory.getLogger("org.apache.hc")).setLevel(Level.WARN);
    }

    @AfterEach
    void stop() {
        everything.detachAppender(log);
        everything.setLevel(before);
        registry.close();
    }

    @Test
    void noTextFormShowsThem() {
        List<Object> values = new ArrayList<>();
        for (Credentials credentials : all()) {
            Secret secret = credentials.secret();
            values.add(credentials);
            values.add(secret);
            values.add(new PullRequest("busybox", credentials));
            values.add(BoundSecret.of(secret, "", Reference.parse("busybox")));
        }
        assertThat(values).allSatisfy(value -> assertSecretFree(value.toString()));
    }

    @Test
    void noPullLetsThemOutHoweverItEnds() throws IOException {
        TestImage.random(1, 100).push(registry, "x", "v");
        List<FakeRegistry.Script> scripts = List.of(
                (_, _) -> false,
                (_, wire) -> wire.answer(401, Map.of("WWW-Authenticate", "Basic realm=\"x\""), "who?"),
                (request, wire) -> request.path().startsWith("/token")
                        ? wire.answer(200, Map.of(), "{\"token\":\"" + BEARER + "\"}")
                        : wire.answer(401, bearer(), request.header("authorization")),
                (request, wire) -> request.path().startsWith("/token")
                        ? wire.answer(500, Map.of(), "")
                        : wire.answer(401, bearer(), ""),
                (request, wire) -> request.path().startsWith("/token")
                        ? wire.answer(200, Map.of(), BEARER)
                        : wire.answer(401, bearer(), ""),
                (_, wire) -> wire.cut());
        try (ImageRig rig = ImageRig.open(root)) {
            for (FakeRegistry.Script script : scripts) {
                registry.script(script);
                for (Credentials credentials : all()) {
                    String name = registry.host() + "/x:v";
                    Throwable thrown = catchThrowable(() -> rig.images().pull(new PullRequest(name, credentials)));
                    if (thrown != null) {
                        assertSecretFree(trace(thrown));
                    }
                }
            }
        }
        log.list.forEach(event -> assertSecretFree(event.getFormattedMessage()));
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertSecretFree(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
    }

    private Map<String, String> bearer() {
        return Map.of("WWW-Authenticate", "Bearer realm=\"http://" + registry.host() + "/token\"");
    }

    private static List<Credentials> all() {
        return List.of(
                new Credentials(USER, PASSWORD, "", "", "", ""),
                new Credentials("", "", AUTH, "", "", ""),
                new Credentials("", "", "", "", TOKEN, ""),
                new Credentials("", "", "", "", "", TOKEN));
    }

    private static void assertSecretFree(String text) {
        assertThat(text).doesNotContain(SECRETS);
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
