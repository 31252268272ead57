package io.holdfast.registry;

import io.holdfast.content.Descriptor;

/** A manifest or an index as the registry gave it: its bytes are of the descriptor's digest. */
public record Document(Descriptor descriptor, byte[] content) {
    @Override
    public String toString() {
        return descriptor.toString();
    }
}
