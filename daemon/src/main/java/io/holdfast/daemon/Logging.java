package io.holdfast.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Logs to stderr, a line an event, whatever is in it; journald and every container runtime take it from there. */
public final class Logging {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %X{rpc:--} %X{about:--}"
            + " %replace(%msg){'[\\r\\n]+', ' | '}%replace( %ex{20}){'\\s*[\\r\\n]+\\s*', ' | '}%nopex%n";
    private static final String JUL_FORMAT = "%1$tFT%1$tT.%1$tL%1$tz %4$-5s %3$s - - %5$s%6$s%n";

    /** What gRPC and Netty say of single connections is nobody's business but a developer's. */
    private static final Map<String, Level> QUIET = Map.of(
            "io.netty",
            Level.WARN,
            "io.netty.bootstrap",
            Level.ERROR,
            "io.grpc",
            Level.WARN,
            "org.apache.hc",
            Level.WARN);

    private Logging() {}

    /** Has effect on every logger, whenever it was made. */
    public static void begin(Config.Level level) {
        System.setProperty("java.util.logging.SimpleFormatter.format", JUL_FORMAT);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(stderr);
        root.setLevel(Level.valueOf(level.name()));
        QUIET.forEach((name, quiet) ->
                context.getLogger(name).setLevel(Level.toLevel(Math.max(quiet.levelInt, root.getLevel().levelInt))));
    }
}
