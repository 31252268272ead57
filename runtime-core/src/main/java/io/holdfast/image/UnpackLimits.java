package io.holdfast.image;

/**
 * What a layer may grow to.
 *
 * @param bytes uncompressed, at most
 * @param ratio uncompressed bytes for each compressed one, once a layer is beyond {@code freely} bytes; gzip's format
 *     ends near 1032 by itself, zstd's does not
 * @param headroom bytes that have to stay free on the disk
 */
public record UnpackLimits(long bytes, int ratio, long freely, long headroom) {
    public static UnpackLimits usual() {
        return new UnpackLimits(64L << 30, 1100, 256 << 20, 256 << 20);
    }
}
