package io.holdfast.image;

import io.holdfast.content.Digest;
import java.util.List;

/**
 * The config blob of an image: how to run it, what it runs on, and the digests of its layers, uncompressed and bottom
 * first.
 */
record ConfigBlob(ImageConfig config, Platform platform, List<Digest> diffIds) {
    ConfigBlob {
        diffIds = List.copyOf(diffIds);
    }
}
