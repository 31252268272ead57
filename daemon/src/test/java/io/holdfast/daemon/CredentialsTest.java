package io.holdfast.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.sun.net.httpserver.HttpServer;
import io.grpc.StatusRuntimeException;
import io.holdfast.runtime.v1.Cri;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What a kubelet sends as credentials is in no log line at any level, in no error, and in no file. */
class CredentialsTest {
    private static final String USER = "wendel-7781";
    private static final String SECRET = "tr0ub4dor-and-3";
    private static final List<String> TRACES = List.of(
            USER,
            SECRET,
            Base64.getEncoder().encodeToString((USER + ":" + SECRET).getBytes(StandardCharsets.UTF_8)),
            Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8)));

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private HttpServer registry;

    static Stream<Cri.AuthConfig> everyWayToSendThem() {
        return Stream.of(
                Cri.AuthConfig.newBuilder()
                        .setUsername(USER)
                        .setPassword(SECRET)
                        .build(),
                Cri.AuthConfig.newBuilder().setAuth(TRACES.get(2)).build(),
                Cri.AuthConfig.newBuilder().setAuth(TRACES.get(3)).build(),
                Cri.AuthConfig.newBuilder().setAuth(SECRET).build(),
                Cri.AuthConfig.newBuilder().setIdentityToken(SECRET).build(),
                Cri.AuthConfig.newBuilder().setRegistryToken(SECRET).build(),
                Cri.AuthConfig.newBuilder()
                        .setUsername(USER)
                        .setPassword(SECRET + "\n")
                        .build());
    }

    /** A registry that is as indiscreet as can be: it says what it was told, in header and body. */
    @BeforeEach
    void listen() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/", exchange -> {
            String told = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                    .orElse("");
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"r\"");
            byte[] body =
                    "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"no\"}]}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("X-Told", told);
            exchange.sendResponseHeaders(told.isEmpty() ? 401 : 403, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        registry.start();
        // As talkative as a configuration can make it.
        Logging.begin(Config.Level.TRACE);
        LoggerContext context = root.getLoggerContext();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%logger %msg %mdc %ex{full}%n");
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(logged);
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void hush() {
        root.detachAppender(appender);
        Logging.begin(Config.Level.WARN);
        registry.stop(0);
    }

    @ParameterizedTest
    @MethodSource("everyWayToSendThem")
    void theyAreToldToTheRegistryAlone(Cri.AuthConfig auth) {
        String image = "127.0.0.1:" + registry.getAddress().getPort() + "/private/app:1";
        String refusal;
        try (RunningDaemon daemon = RunningDaemon.in(directory)) {
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> daemon.images()
                            .pullImage(Cri.PullImageRequest.newBuilder()
                                    .setImage(Cri.ImageSpec.newBuilder().setImage(image))
                                    .setAuth(auth)
                                    .build()));
            refusal = refused.toString() + refused.getTrailers();
        }
        assertThat(logged.toString(StandardCharsets.UTF_8))
                .contains("PullImage")
                .doesNotContain(TRACES);
        assertThat(refusal).doesNotContain(TRACES);
        assertThat(everyFile())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(text(file)).as(file.toString()).doesNotContain(TRACES));
    }

    private List<Path> everyFile() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
