/**
 * File systems for containers: image layers, each unpacked into a directory of its own and named by its chain id, and
 * the writable snapshots that overlayfs stacks on them. {@link io.holdfast.snapshot.LayerTar} is the only code that
 * writes what an image says into the host's file system.
 *
 * <p>Owns {@code <root>/snapshots} and the tables {@code layers} and {@code snapshots}. A directory there that no record
 * names is garbage, and goes at the next start.
 */
package io.holdfast.snapshot;
