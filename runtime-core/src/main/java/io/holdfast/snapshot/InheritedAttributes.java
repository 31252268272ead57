package io.holdfast.snapshot;

import io.holdfast.linux.Directory;
import io.holdfast.linux.FileAttributes;
import io.holdfast.linux.FileHandle;
import io.holdfast.linux.FileStatus;
import io.holdfast.linux.FileTree;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what a directory's attributes are in the layers below, as overlayfs would show them: the topmost layer that has
 * it says so, unless a layer above that one hides it.
 */
final class InheritedAttributes {
    private final List<FileTree> below;

    /** The layers, topmost first. They stay the caller's to close. */
    InheritedAttributes(List<FileTree> below) {
        this.below = List.copyOf(below);
    }

    /** What one layer knows of a path. */
    private sealed interface Answer {
        record Attributes(FileAttributes attributes) implements Answer {}

        record Hidden() implements Answer {}

        record Unknown() implements Answer {}
    }

    Optional<FileAttributes> of(LayerPath path) {
        for (FileTree layer : below) {
            switch (answer(layer, path)) {
                case Answer.Attributes known -> {
                    return Optional.of(known.attributes());
                }
                case Answer.Hidden _ -> {
                    return Optional.empty();
                }
                case Answer.Unknown _ -> {}
            }
        }
        return Optional.empty();
    }

    private static Answer answer(FileTree layer, LayerPath path) {
        Directory at = layer.root();
        try {
            boolean opaque = false;
            for (String each : path.names()) {
                byte[] name = new LayerPath(each).nameBytes();
                Optional<FileStatus> status = at.status(name);
                if (status.isEmpty()) {
                    return opaque ? new Answer.Hidden() : new Answer.Unknown();
                }
                if (!status.get().isDirectory()) {
                    return new Answer.Hidden();
                }
                Directory next = at.child(name);
                at.close();
                at = next;
                opaque |= Whiteout.isOpaque(at.handle());
            }
            return new Answer.Attributes(attributes(at.handle()));
        } finally {
            at.close();
        }
    }

    private static FileAttributes attributes(FileHandle directory) {
        FileStatus status = directory.status();
        Map<String, byte[]> extended = new HashMap<>(directory.attributes());
        extended.keySet().removeIf(name -> name.startsWith("trusted."));
        return new FileAttributes(
                status.uid(), status.gid(), status.permissions(), Instant.ofEpochSecond(status.mtime()), extended);
    }
}
