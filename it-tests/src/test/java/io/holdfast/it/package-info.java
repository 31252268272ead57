/**
 * Black-box tests of a CRI runtime over its socket: one test per behaviour, named by the behaviour, written from the CRI
 * contract and from what Kubernetes documents. They run against Holdfast's own distribution, which the suite starts, and
 * against any other runtime whose socket is named with {@code -Dcri.endpoint}.
 *
 * <p>State: a {@link io.holdfast.it.Rig} for the whole run (the runtime's socket, a docker-registry filled with images the
 * suite builds, a scratch directory), and a {@link io.holdfast.it.Node} for each test, which stops and removes every pod
 * the test made. What a run leaves on the machine is compared with what was there before it ({@link
 * io.holdfast.it.LeakCheck}).
 */
package io.holdfast.it;
