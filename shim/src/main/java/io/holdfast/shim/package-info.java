/**
 * Containers run by an OCI runtime's command line (runc, crun and their kin) under conmon, which writes their logs and
 * their exit codes. The one implementation of {@link io.holdfast.container.OciRuntime}.
 *
 * <p>Owns no state in memory: what is known of a container stands in its own directories ({@link
 * io.holdfast.shim.ContainerFiles}), below the runtime's root and in the kernel, where a later daemon finds it.
 */
package io.holdfast.shim;
