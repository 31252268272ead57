package io.holdfast.container;

import io.holdfast.work.Failure;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths as requests have them, refused by the field's name where they are none. */
final class HostPath {
    /** Before the profile's own path in older requests. */
    private static final Path PROFILE_PREFIX = Path.of("localhost");

    private HostPath() {}

    /** An absolute path without control characters; {@code ..} is resolved as text. */
    static Path of(String field, String text) {
        if (!text.startsWith("/") || text.chars().anyMatch(Character::isISOControl)) {
            throw new Failure.Invalid(field + ": \"" + printable(text) + "\" is no absolute path of plain characters");
        }
        try {
            return Path.of(text).normalize();
        } catch (InvalidPathException unusable) {
            throw new Failure.Invalid(field + ": \"" + printable(text) + "\" is no path", unusable);
        }
    }

    /** The host path of a seccomp profile, which may be written {@code localhost//path}. */
    static Path profile(Path reference) {
        boolean prefixed =
                !reference.isAbsolute() && reference.getNameCount() > 1 && reference.startsWith(PROFILE_PREFIX);
        String path = prefixed ? "/" + reference.subpath(1, reference.getNameCount()) : reference.toString();
        return of("seccomp.localhost_ref", path);
    }

    /** For messages: a stranger's text without what would break a line of a log. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
