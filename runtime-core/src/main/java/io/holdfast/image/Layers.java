package io.holdfast.image;

import io.holdfast.content.Descriptor;
import io.holdfast.content.Digest;
import java.util.ArrayList;
import java.util.List;

/** The layers of an image, bottom first: what to fetch, what must come out of it, and under what name it is kept. */
record Layers(List<Descriptor> blobs, List<Digest> diffIds, List<String> chain) {
    /** One of them. */
    record One(int position, Descriptor blob, Digest diffId, String chainId) {}

    Layers {
        blobs = List.copyOf(blobs);
        diffIds = List.copyOf(diffIds);
        chain = List.copyOf(chain);
    }

    /** Those from this position on. */
    List<One> from(int first) {
        List<One> layers = new ArrayList<>();
        for (int position = first; position < blobs.size(); position++) {
            layers.add(new One(position, blobs.get(position), diffIds.get(position), chain.get(position)));
        }
        return layers;
    }
}
