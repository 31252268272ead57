package io.holdfast.image;

import java.util.Map;

/** What an image runs on, in the words of Go: {@code linux}, {@code arm64}, {@code v8}. Empty fields are unknown. */
record Platform(String os, String architecture, String variant) {
    private static final Map<String, String> JAVA_TO_GO = Map.of("aarch64", "arm64", "x86_64", "amd64");
    private static final Map<String, String> USUAL_VARIANT = Map.of("arm64", "v8", "amd64", "v1");

    static Platform ofThisNode() {
        String architecture = System.getProperty("os.arch");
        return new Platform("linux", JAVA_TO_GO.getOrDefault(architecture, architecture), "");
    }

    /** Whether such an image runs here; {@code this} is the node. A variant beyond the usual one may not. */
    boolean runs(Platform image) {
        return os.equals(image.os)
                && architecture.equals(goName(image.architecture))
                && (image.variant.isEmpty() || image.variant.equals(USUAL_VARIANT.get(architecture)));
    }

    /** Whether the image says nothing that speaks against it. */
    boolean mayRun(Platform image) {
        return (image.os.isEmpty() || os.equals(image.os))
                && (image.architecture.isEmpty() || architecture.equals(goName(image.architecture)));
    }

    boolean unknown() {
        return os.isEmpty() && architecture.isEmpty();
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }

    private static String goName(String architecture) {
        return JAVA_TO_GO.getOrDefault(architecture, architecture);
    }
}
