/**
 * What an OCI runtime is told: config.json as records, how it is written, and the parts that any container is composed
 * of (kernel file systems, capabilities, system call filters, cgroup names). All of it is values; composing a whole
 * container out of a request is the task of {@code container} and {@code sandbox}.
 *
 * <p>Owns no state; {@link io.holdfast.oci.Bundle} writes into directories of its callers.
 */
package io.holdfast.oci;
