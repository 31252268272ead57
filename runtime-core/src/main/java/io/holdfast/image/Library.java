package io.holdfast.image;

import io.holdfast.content.Descriptor;
import io.holdfast.registry.Document;

/** Where an image's documents are found: in a registry's session, or in an archive that was read already. */
interface Library {
    /** A manifest or an index that another one names; its bytes are of that digest. */
    Document document(Descriptor descriptor);

    /** A config, of the descriptor's digest. */
    byte[] config(Descriptor descriptor);
}
