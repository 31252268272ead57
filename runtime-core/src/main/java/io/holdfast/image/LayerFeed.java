package io.holdfast.image;

import io.holdfast.content.Ingest;

/** Where layers come from: a registry's session, or an archive that was read already. */
interface LayerFeed {
    /** Fills the ingest and verifies it. {@code stop} is asked between pieces, and throws to end it. */
    void fill(Ingest ingest, Runnable stop);
}
