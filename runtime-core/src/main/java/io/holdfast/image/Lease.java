package io.holdfast.image;

import java.util.Set;

/** What a pull needs, written down before it has it: digests of content, and chain ids of layers. */
record Lease(String purpose, Set<String> content, Set<String> layers) {
    Lease {
        content = Set.copyOf(content);
        layers = Set.copyOf(layers);
    }
}
