/**
 * Images: pulled or loaded, verified, unpacked into layers, known by one id under any number of names, and removed with
 * whatever only they needed.
 *
 * <p>Owns the tables {@code images} and {@code leases}. A lease names what a pull under way needs, before it needs it:
 * what neither an image nor a lease nor a snapshot names is garbage, and {@link io.holdfast.image.Collector} takes it.
 */
package io.holdfast.image;
