/**
 * Bytes by their digest. What is being fetched is staged in an {@link io.holdfast.content.Ingest}, which survives a
 * restart and is resumed; a document that passed its check becomes a blob. Layers are staged only: once unpacked their
 * compressed bytes are of no use to this node, and they go.
 *
 * <p>Owns {@code <root>/content}. Also holds {@link io.holdfast.content.Caps}, every limit on bytes that come from a
 * registry or an image.
 */
package io.holdfast.content;
