package io.holdfast.snapshot;

import io.holdfast.work.Failure;
import java.nio.charset.StandardCharsets;

/**
 * A path in a layer, relative to its root and without empty, {@code .} or {@code ..} names; the root itself is empty.
 * One char is one byte, as in {@link TarEntry}.
 */
record LayerPath(String text) {
    static final LayerPath ROOT = new LayerPath("");

    private static final String WHITEOUT = ".wh.";
    private static final String MARKER = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    /** Reads a name out of an archive. Names that begin with a slash are meant from the layer's root on. */
    static LayerPath parse(String name) {
        if (name.indexOf('\0') >= 0 || name.length() > LayerLimits.PATH_BYTES) {
            throw new Failure.Broken("a name has a zero byte, or more than " + LayerLimits.PATH_BYTES + " bytes");
        }
        return isPlain(name) ? new LayerPath(name) : new LayerPath(normal(name));
    }

    boolean isRoot() {
        return text.isEmpty();
    }

    LayerPath parent() {
        return new LayerPath(text.substring(0, Math.max(0, text.lastIndexOf('/'))));
    }

    String name() {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    byte[] nameBytes() {
        return name().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The path as the kernel takes it, with {@code .} for the root. */
    byte[] bytes() {
        return (isRoot() ? "." : text).getBytes(StandardCharsets.ISO_8859_1);
    }

    String[] names() {
        return isRoot() ? new String[0] : text.split("/");
    }

    /** Says that the directory of this entry hides what lower layers have in it. */
    boolean isOpaqueMarker() {
        return name().equals(OPAQUE);
    }

    /** AUFS's own files, which mean nothing to anything else, or something below such a directory. */
    boolean isAufsMarker() {
        return text.startsWith(MARKER) || text.contains("/" + MARKER);
    }

    boolean isWhiteout() {
        return name().startsWith(WHITEOUT);
    }

    /** What a whiteout hides. */
    LayerPath hidden() {
        String hidden = name().substring(WHITEOUT.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new Failure.Broken("a whiteout names nothing that a directory can have");
        }
        String above = parent().text();
        return new LayerPath(above.isEmpty() ? hidden : above + "/" + hidden);
    }

    @Override
    public String toString() {
        return isRoot() ? "/" : printable(text);
    }

    /** A name as a message may show it. */
    static String printable(String name) {
        return name.substring(0, Math.min(name.length(), LayerLimits.NAME_BYTES))
                .replaceAll("[^ -~]", "?");
    }

    /** Whether a name is well-formed as it stands, as nearly all are: found out without taking it apart. */
    private static boolean isPlain(String name) {
        int start = 0;
        for (int at = 0; at <= name.length(); at++) {
            if (at == name.length() || name.charAt(at) == '/') {
                int length = at - start;
                if (length == 0 || length > LayerLimits.NAME_BYTES || name.charAt(start) == '.') {
                    return false;
                }
                start = at + 1;
            }
        }
        return true;
    }

    private static String normal(String name) {
        StringBuilder path = new StringBuilder();
        for (String each : name.split("/")) {
            if (each.equals("..")) {
                throw new Failure.Broken("a name goes up with \"..\", which no image layer needs to");
            }
            if (each.length() > LayerLimits.NAME_BYTES) {
                throw new Failure.Broken("a name in a path has more than " + LayerLimits.NAME_BYTES + " bytes");
            }
            if (!each.isEmpty() && !each.equals(".")) {
                path.append(path.isEmpty() ? "" : "/").append(each);
            }
        }
        return path.toString();
    }
}
