package io.holdfast.snapshot;

import java.util.List;
import java.util.Optional;

/** A directory of layers' or containers' files as the records have it; its number is the directory's name. */
public sealed interface Snapshot {
    long number();

    /** A container's writable layer, on top of the committed ones named here, bottom first. */
    record Active(long number, List<String> chain) implements Snapshot {
        public Active {
            chain = List.copyOf(chain);
        }
    }

    /** The committed layers named here, bottom first, to be read only. */
    record View(long number, List<String> chain) implements Snapshot {
        public View {
            chain = List.copyOf(chain);
        }
    }

    /**
     * An image's layer: whole, on disk, never written again. The only kind that others can stand on.
     *
     * @param hidesAll nothing of the layers below it is to be seen, as after a whiteout of the root
     */
    record Committed(long number, Optional<String> parent, Usage usage, boolean hidesAll) implements Snapshot {}
}
