package io.holdfast.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.linux.Subprocess;
import io.holdfast.work.Failure;

/** How a plugin says that it failed (CNI spec section 5, "Error"): a code, a message, and perhaps details. */
record PluginError(int code, String message) {
    private static final int MOST_TEXT = 1000;
    private static final int UNSTRUCTURED = -1;
    private static final int WRONG_VERSION = 1;
    private static final int UNSUPPORTED_FIELD = 2;
    private static final int UNKNOWN_CONTAINER = 3;
    private static final int BAD_CONFIG = 7;
    private static final int TRY_AGAIN = 11;
    private static final int NOT_AVAILABLE = 50;
    private static final int LIMITED = 51;
    private static final int INTERNAL = 999;

    static PluginError of(Subprocess.Output output) {
        try {
            ObjectNode error = CniJson.parse(output.out());
            if (error.path("code").isInt()) {
                String details =
                        CniJson.text(error, "details").map(d -> " (" + d + ")").orElse("");
                String message = CniJson.text(error, "msg").orElse("no message");
                return new PluginError(error.path("code").intValue(), printable(message + details));
            }
        } catch (Failure.Invalid unstructured) {
            return unstructured(output);
        }
        return unstructured(output);
    }

    /** The failure to throw. Codes that mean "not now" are worth a retry and are told apart. */
    Failure failure(String doing) {
        String text = doing + ": " + message + "; " + advice();
        return switch (code) {
            case TRY_AGAIN, NOT_AVAILABLE, LIMITED -> new Failure.Unavailable(text);
            default -> new Failure.Broken(text);
        };
    }

    private String advice() {
        return switch (code) {
            case WRONG_VERSION -> "set cniVersion in the network config to one that the plugin supports (code 1)";
            case UNSUPPORTED_FIELD -> "remove the field that the plugin does not know from the network config (code 2)";
            case UNKNOWN_CONTAINER -> "the plugin does not know this sandbox (code 3)";
            case BAD_CONFIG -> "correct the network config (code 7)";
            case TRY_AGAIN -> "the plugin asks to be tried again later (code 11)";
            case NOT_AVAILABLE -> "look at the network add-on's own daemon on this node (code 50)";
            case LIMITED -> "the network is up but new pods would have limited connectivity (code 51)";
            case INTERNAL -> "correct what it names (code 999, any other failure)";
            case UNSTRUCTURED -> "the plugin gave no CNI error; see its own log";
            default -> "see the plugin's documentation for code " + code;
        };
    }

    /** A plugin that died or panicked: whatever it said, stderr first. */
    private static PluginError unstructured(Subprocess.Output output) {
        String said = output.err().isBlank() ? output.out() : output.err();
        return new PluginError(UNSTRUCTURED, "exit code " + output.exitCode() + ", saying \"" + printable(said) + "\"");
    }

    private static String printable(String text) {
        String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MOST_TEXT ? line : line.substring(0, MOST_TEXT) + "…";
    }
}
