package io.holdfast.image;

import io.holdfast.content.Descriptor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the name of an image can stand for. */
sealed interface ImageDocument {
    /** One image. */
    record Manifest(Descriptor config, List<Descriptor> layers) implements ImageDocument {
        public Manifest {
            layers = List.copyOf(layers);
        }
    }

    /** Images for several platforms. */
    record Index(List<Entry> entries) implements ImageDocument {
        public Index {
            entries = List.copyOf(entries);
        }

        /** What to take for this node: the first for its platform, or else the first that names none. */
        Optional<Descriptor> choose(Platform node) {
            return entries.stream()
                    .filter(entry -> node.runs(entry.platform()))
                    .findFirst()
                    .or(() -> entries.stream()
                            .filter(entry -> entry.platform().unknown())
                            .findFirst())
                    .map(Entry::descriptor);
        }

        /** All platforms that it names, for messages. */
        String platforms() {
            return entries.stream()
                    .map(entry -> entry.platform().toString())
                    .filter(platform -> platform.matches("[\\x21-\\x7e]{1,64}"))
                    .distinct()
                    .limit(20)
                    .collect(Collectors.joining(", "));
        }
    }

    /** One image of an index. The name is what an archive's index calls it; empty in a registry's. */
    record Entry(Descriptor descriptor, Platform platform, String name) {}
}
