package io.holdfast.content;

import io.holdfast.work.Failure;

/** What some content is, its name, and its exact number of bytes: OCI's descriptor without what Holdfast ignores. */
public record Descriptor(String mediaType, Digest digest, long size) {
    public Descriptor {
        if (size < 0 || size > Caps.BLOB_BYTES) {
            throw new Failure.Invalid(
                    "descriptor " + digest + ": a size of " + size + " bytes is not within 0 and " + Caps.BLOB_BYTES);
        }
    }

    public static Descriptor of(String mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.of(content), content.length);
    }

    /** The same bytes, checked against digest and size. */
    public byte[] verified(byte[] content, String from) {
        if (content.length != size) {
            throw new Failure.Broken(digest + " from " + from + " has " + content.length + " bytes instead of " + size
                    + "; it was not used");
        }
        if (!digest.matches(content)) {
            throw new Failure.Broken("content from " + from + " is not " + digest + " as promised; it was not used");
        }
        return content;
    }
}
