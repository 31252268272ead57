package io.holdfast.api;

import io.holdfast.runtime.v1.Cri;
import java.util.Arrays;
import java.util.Optional;

/** Signals by name. The wire's names are the kernel's, but for a plus or minus that no identifier can hold. */
final class Signals {
    private static final String PREFIX = "SIGNAL_";

    private Signals() {}

    /** Empty where the image, or else SIGTERM, decides. */
    static Optional<String> parse(String field, Cri.Signal signal) {
        return switch (signal) {
            case SIGNAL_RUNTIME_DEFAULT -> Optional.empty();
            case UNRECOGNIZED -> throw Fields.unknown(field);
            default -> Optional.of(name(signal));
        };
    }

    /** What has no name on the wire, as an image may say, is the default. */
    static Cri.Signal render(String name) {
        return Arrays.stream(Cri.Signal.values())
                .filter(signal ->
                        signal != Cri.Signal.UNRECOGNIZED && name(signal).equals(name))
                .findFirst()
                .orElse(Cri.Signal.SIGNAL_RUNTIME_DEFAULT);
    }

    private static String name(Cri.Signal signal) {
        return signal.name()
                .substring(PREFIX.length())
                .replace("MINPLUS", "MIN+")
                .replace("MAXMINUS", "MAX-");
    }
}
