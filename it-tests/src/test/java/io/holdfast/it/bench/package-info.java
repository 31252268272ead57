/**
 * Measures a pod's life in one run on one machine, taking turns: through Holdfast, through Debian's containerd with the same
 * OCI runtime, image and network plugins, and by hand with the same helpers run back to back, which is the floor that no
 * runtime built on them can go below.
 *
 * <p>State: none but the timings of the run. The table goes to standard output and to {@code target/bench.txt}; the aims are
 * asserted when it has been written.
 */
package io.holdfast.it.bench;
