package io.holdfast.shim;

import io.holdfast.container.OciRuntime.Request;
import io.holdfast.linux.Kernel;
import io.holdfast.linux.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each verb costs beside the same binary run by hand; medians in milliseconds on stdout. */
@Tag("bench")
class RuntimeFigures {
    private static final int ROUNDS = 30;
    private static final int WARM_UP = 5;

    private final Map<String, List<Double>> figures = new LinkedHashMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/crun", "/usr/sbin/runc", "/work/tools/bin/runc-1.5"})
    void verbs(String binary) throws Exception {
        try (Lab lab = new Lab(Path.of(binary))) {
            for (int round = 0; round < ROUNDS; round++) {
                ours(lab, true);
                ours(lab, false);
                byHand(lab, binary);
            }
        }
        // The first rounds are the class loader's.
        figures.values().forEach(all -> all.subList(0, WARM_UP).clear());
        figures.forEach((name, all) -> System.out.printf(
                "%-26s %-22s median %6.1f least %6.1f%n", binary, name, median(all), Collections.min(all)));
    }

    private void ours(Lab lab, boolean logged) {
        String kind = logged ? "monitored" : "unmonitored";
        Request request = lab.request(logged, "sleep", "1000");
        ProcessIdentity init = time("create " + kind, () -> lab.runtime().create(request));
        time("start " + kind, () -> {
            lab.runtime().start(request.id());
            return true;
        });
        time("exec", () -> lab.runtime().exec(request, Lab.exec(Duration.ofMinutes(1), "true")));
        time("exit seen " + kind, () -> {
            var running = new Lab.Running(request, init, new java.util.concurrent.CompletableFuture<>());
            lab.runtime().onExit(request, init, running.exit()::complete);
            init.signal(lab.kernel, Kernel.SIGKILL);
            return running.awaitExit();
        });
        time("delete " + kind, () -> {
            lab.runtime().delete(request);
            return true;
        });
    }

    private void byHand(Lab lab, String binary) throws Exception {
        Request request = lab.request(false, "sleep", "1000");
        Path process = Files.writeString(request.bundle().resolve("process.json"), Lab.process("sh", "-c", "true"));
        String id = request.id();
        Path pid = request.bundle().resolve("pid");
        List<String> create = List.of("create", "--bundle=" + request.bundle(), "--pid-file=" + pid, id);
        time("create by hand", () -> run(lab, create));
        time("start by hand", () -> run(lab, List.of("start", id)));
        time("exec by hand", () -> run(lab, List.of("exec", "--process=" + process, id)));
        ProcessIdentity init = ProcessIdentity.of(
                        Long.parseLong(Files.readString(pid).strip()))
                .orElseThrow();
        lab.kill(init, Kernel.SIGKILL);
        time("delete by hand", () -> run(lab, List.of("delete", "--force", id)));
    }

    private static int run(Lab lab, List<String> verb) {
        List<String> argv = new ArrayList<>(List.of(lab.handler.binary().toString(), "--root=" + lab.handler.root()));
        argv.addAll(verb);
        try {
            return new ProcessBuilder(argv)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private <T> T time(String name, java.util.function.Supplier<T> work) {
        long begin = System.nanoTime();
        T result = work.get();
        figures.computeIfAbsent(name, fresh -> new ArrayList<>()).add((System.nanoTime() - begin) / 1e6);
        return result;
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return Arrays.stream(sorted).skip(sorted.length / 2).findFirst().orElseThrow();
    }
}
