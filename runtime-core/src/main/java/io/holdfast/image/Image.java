package io.holdfast.image;

import java.util.List;

/**
 * An image that is here whole.
 *
 * @param id {@code sha256:} and the digest of its config, whatever names it
 * @param tags its full names with tags, such as {@code docker.io/library/busybox:latest}
 * @param digests its full names with the digests of the manifests or indexes that it was pulled by
 * @param size bytes of its documents and its layers as the registry has them, compressed
 * @param chain the chain ids of its layers, bottom first: the snapshotter's names; empty for an image without layers
 * @param pinned Holdfast itself needs it: it is not to be removed for its disk space
 */
public record Image(
        String id,
        List<String> tags,
        List<String> digests,
        long size,
        ImageConfig config,
        List<String> chain,
        boolean pinned) {
    public Image {
        tags = List.copyOf(tags);
        digests = List.copyOf(digests);
        chain = List.copyOf(chain);
    }
}
