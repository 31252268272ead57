package io.holdfast.snapshot;

import io.holdfast.linux.FileAttributes;
import io.holdfast.work.Failure;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which extended attributes an image may set. Capabilities of a file and access lists are part of what it is; labels of
 * a security module belong to the host; and what overlayfs itself goes by must come from us alone.
 */
final class AttributePolicy {
    private static final Set<String> KEPT =
            Set.of("security.capability", "security.ima", "system.posix_acl_access", "system.posix_acl_default");

    private AttributePolicy() {}

    /** The entry's attributes as they are to be set. */
    static FileAttributes admitted(TarEntry entry) {
        FileAttributes wanted = entry.attributes();
        if (wanted.extended().isEmpty()) {
            return wanted;
        }
        Map<String, byte[]> admitted = new HashMap<>();
        wanted.extended().forEach((name, value) -> {
            if (isAdmitted(name, entry.kind())) {
                admitted.put(name, value);
            }
        });
        return new FileAttributes(wanted.uid(), wanted.gid(), wanted.mode(), wanted.modified(), admitted);
    }

    private static boolean isAdmitted(String name, TarEntry.Kind kind) {
        if (name.startsWith("trusted.") || name.startsWith("user.overlay.")) {
            throw new Failure.Broken(
                    "it sets the extended attribute " + LayerPath.printable(name) + ", which no image may set");
        }
        boolean content = kind == TarEntry.Kind.FILE || kind == TarEntry.Kind.DIRECTORY;
        return KEPT.contains(name) || content && name.startsWith("user.");
    }
}
