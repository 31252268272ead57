package io.holdfast.daemon;

import io.holdfast.linux.KernelError;
import io.holdfast.work.Failpoints;
import io.holdfast.work.Failure;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The entry point of {@code holdfastd [--config FILE]}. */
public final class Main {
    private static final Path USUAL = Path.of("/etc/holdfast/config.toml");
    private static final String FAILPOINTS = "HOLDFAST_FAILPOINTS";
    private static final int CANNOT_START = 1;
    private static final int WRONG_USE = 2;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        Optional<Config> config = config(arguments);
        if (config.isEmpty()) {
            System.exit(WRONG_USE);
        }
        Logging.begin(config.get().log().level());
        run(config.get());
    }

    /** Returns never: SIGTERM and SIGINT end the process, with 0, once the daemon is closed. */
    private static void run(Config config) throws InterruptedException {
        try {
            Failpoints failpoints = Optional.ofNullable(System.getenv(FAILPOINTS))
                    .map(Failpoints::parse)
                    .orElseGet(Failpoints::none);
            Daemon daemon = Daemon.start(config, failpoints, System.getenv());
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                        daemon.close();
                        Runtime.getRuntime().halt(0);
                    }));
        } catch (Failure | KernelError failed) {
            refuse(failed.getMessage());
        } catch (UncheckedIOException failed) {
            refuse(failed.getMessage() + ": " + failed.getCause().getMessage());
        }
        new CountDownLatch(1).await();
    }

    private static void refuse(String why) {
        System.err.println("holdfastd: " + why);
        System.exit(CANNOT_START);
    }

    private static Optional<Config> config(String[] arguments) {
        try {
            if (arguments.length == 2 && arguments[0].equals("--config")) {
                return Optional.of(ConfigFile.read(Path.of(arguments[1])));
            }
            if (arguments.length == 0) {
                return Optional.of(Files.exists(USUAL) ? ConfigFile.read(USUAL) : ConfigFile.parse("the defaults", ""));
            }
            System.err.println("usage: holdfastd [--config FILE]");
        } catch (Failure.Invalid wrong) {
            System.err.println("holdfastd: " + wrong.getMessage());
        }
        return Optional.empty();
    }
}
