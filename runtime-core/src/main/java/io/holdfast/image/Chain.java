package io.holdfast.image;

import io.holdfast.content.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Chain ids: the names of stacks of layers, as of the OCI image specification. */
final class Chain {
    private Chain() {}

    /** The chain id of each layer on those below it, bottom first. */
    static List<String> of(List<Digest> diffIds) {
        List<String> chain = new ArrayList<>();
        for (Digest diffId : diffIds) {
            String pair = chain.isEmpty() ? diffId.toString() : chain.getLast() + " " + diffId;
            chain.add(
                    chain.isEmpty()
                            ? pair
                            : Digest.of(pair.getBytes(StandardCharsets.UTF_8)).toString());
        }
        return chain;
    }
}
